package io.chiaro.cli.filtering;

import io.chiaro.data.filter.MeasuredPair;
import java.util.Arrays;
import java.util.OptionalInt;

/** What a model found of the pairs that their texts alone left, in their order: 20 bytes a pair. */
final class Measurements {

    private int[] pairs = new int[1 << 10];
    private long[] lines = new long[1 << 10];
    private float[] cosines = new float[1 << 10];
    private int[] ranks = new int[1 << 10];
    private int size;

    /** Adds the next pair by its number in the file. */
    void add(int pair, long line, MeasuredPair measured) {
        if (size == pairs.length) {
            int length = Math.multiplyExact(2, size);
            pairs = Arrays.copyOf(pairs, length);
            lines = Arrays.copyOf(lines, length);
            cosines = Arrays.copyOf(cosines, length);
            ranks = Arrays.copyOf(ranks, length);
        }
        pairs[size] = pair;
        lines[size] = line;
        cosines[size] = (float) measured.cosine();
        ranks[size++] = measured.rank();
    }

    int size() {
        return size;
    }

    int pair(int i) {
        return pairs[i];
    }

    long line(int i) {
        return lines[i];
    }

    MeasuredPair measured(int i) {
        return new MeasuredPair(cosines[i], ranks[i]);
    }

    /** Where a pair of the file was measured, if it was. */
    OptionalInt of(int pair) {
        int at = Arrays.binarySearch(pairs, 0, size, pair);
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(at);
    }
}
