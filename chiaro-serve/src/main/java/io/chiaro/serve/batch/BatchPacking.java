package io.chiaro.serve.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Chooses a batch among waiting texts. The oldest is always in it, so that none waits for ever; the others are those whose
 * lengths are nearest to its own, so that little is padded, as many as the budget holds.
 */
final class BatchPacking {

    private BatchPacking() {}

    /**
     * The members of the next batch.
     *
     * @param waiting texts, the oldest first; at least one
     * @param tokens the length of a text
     * @param budget most tokens of a batch, padding included; the oldest alone may be longer
     */
    static <T> List<T> choose(List<T> waiting, ToIntFunction<T> tokens, int budget) {
        T oldest = waiting.get(0);
        int length = tokens.applyAsInt(oldest);
        List<T> others = new ArrayList<>(waiting.subList(1, waiting.size()));
        // A shorter text pads itself only, a longer one pads all the others: of equal distances the shorter comes
        // first.
        others.sort(Comparator.comparingInt((T text) -> Math.abs(tokens.applyAsInt(text) - length))
                .thenComparingInt(tokens));
        List<T> batch = new ArrayList<>();
        batch.add(oldest);
        int longest = length;
        for (T text : others) {
            int padded = Math.max(longest, tokens.applyAsInt(text));
            if ((long) padded * (batch.size() + 1) <= budget) {
                batch.add(text);
                longest = padded;
            }
        }
        return batch;
    }
}
