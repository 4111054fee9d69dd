package io.chiaro.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts texts into chunks of at most so many tokens, texts of like length together. */
final class TokenChunks {

    private TokenChunks() {}

    /**
     * The places of the texts of each chunk, shortest texts first. A text longer than the budget is a chunk of its own.
     *
     * @param budget tokens of a chunk
     */
    static List<int[]> cut(List<int[]> texts, int budget) {
        int[] order = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer place) -> texts.get(place).length)
                        .thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
        List<int[]> chunks = new ArrayList<>();
        int start = 0;
        int tokens = 0;
        for (int i = 0; i < order.length; i++) {
            int length = texts.get(order[i]).length;
            if (i > start && tokens + length > budget) {
                chunks.add(java.util.Arrays.copyOfRange(order, start, i));
                start = i;
                tokens = 0;
            }
            tokens += length;
        }
        if (start < order.length) {
            chunks.add(java.util.Arrays.copyOfRange(order, start, order.length));
        }
        return chunks;
    }
}
