package io.chiaro.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Divides texts into batches of like length. */
final class TokenBatches {

    private TokenBatches() {}

    /**
     * Batches of positions, longest texts first, so that little is padded and a model too large for memory fails at once.
     * A batch holds at most {@code budget} tokens, padding included, or one text that is longer.
     */
    static List<int[]> of(List<int[]> tokens, int budget) {
        Integer[] order = new Integer[tokens.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt((Integer i) -> -tokens.get(i).length));
        List<int[]> batches = new ArrayList<>();
        for (int start = 0; start < order.length; ) {
            int longest = Math.max(1, tokens.get(order[start]).length);
            int size = Math.min(order.length - start, Math.max(1, budget / longest));
            int[] batch = new int[size];
            for (int i = 0; i < size; i++) {
                batch[i] = order[start + i];
            }
            batches.add(batch);
            start += size;
        }
        return batches;
    }
}
