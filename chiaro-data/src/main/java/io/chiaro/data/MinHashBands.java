package io.chiaro.data;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Finds texts that may share so much wording without a look at all others (locality-sensitive hashing: Indyk and Motwani, STOC 1998). The
 * n = 128 minima of a signature are cut into b bands of r, and two texts are suspects if they agree in all minima of a band. Minima that
 * agree with probability s make suspects of two texts with probability
 *
 * <pre>
 * 1 - (1 - s^r)^b
 * </pre>
 *
 * <p>r is the largest for which nothing is missed: two texts that are alike differ in at most n - ceil(threshold n) minima, and where there
 * are more bands than that, one of them agrees wholly. At 0.8 these are 32 bands of 4, which make suspects of 1 in 400 pairs
 * with s = 0.1.
 *
 * <p>Memory is 4 (b + 1) bytes for each text and about as much again or twice for the tables. One thread.
 */
final class MinHashBands {

    private final MinHash signatures;
    private final int width;
    private final int bands;
    private final int mask;
    /** The text kept last in each place of a band's table, plus 1; 0 for none. */
    private final int[][] heads;
    /** The text before it in the same place. */
    private final int[][] before;
    /** By which text each was suspected last, plus 1. */
    private final int[] stamps;

    private MinHashBands(MinHash signatures, int width) {
        this.signatures = signatures;
        this.width = width;
        this.bands = MinHash.HASHES / width;
        int count = signatures.count();
        int places = Integer.highestOneBit(Math.max(1, count)) << 1;
        this.mask = places - 1;
        this.heads = new int[bands][places];
        this.before = new int[bands][count];
        this.stamps = new int[count];
    }

    /** For texts that agree in at least so many minima, at least 1. */
    static MinHashBands of(MinHash signatures, int least) {
        int differing = Math.max(0, MinHash.HASHES - least);
        int width = MinHash.HASHES / (differing + 1);
        return new MinHashBands(signatures, Math.max(1, width));
    }

    /** Hands out the kept texts that may be alike, each once, in no order. */
    void suspects(int text, IntConsumer found) {
        int[] minima = signatures.minima(text);
        for (int band = 0; band < bands; band++) {
            int from = band * width;
            int next = heads[band][place(minima, from)];
            while (next > 0) {
                int other = next - 1;
                if (stamps[other] != text + 1
                        && Arrays.equals(minima, from, from + width, signatures.minima(other), from, from + width)) {
                    stamps[other] = text + 1;
                    found.accept(other);
                }
                next = before[band][other];
            }
        }
    }

    /** Keeps a text. */
    void keep(int text) {
        int[] minima = signatures.minima(text);
        for (int band = 0; band < bands; band++) {
            int place = place(minima, band * width);
            before[band][text] = heads[band][place];
            heads[band][place] = text + 1;
        }
    }

    private int place(int[] minima, int from) {
        long hash = 0;
        for (int k = from; k < from + width; k++) {
            hash = (hash ^ minima[k]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash & mask;
    }
}
