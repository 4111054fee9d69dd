package io.chiaro.data;

import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Texts as short signatures that tell how much of their wording they share (Broder, "On the Resemblance and Containment of
 * Documents", SEQUENCES 1997). With S the set of all stretches of {@value #STRETCH} characters of a text, in lower case and with single
 * blanks, and h_k one of {@value #HASHES} hash functions,
 *
 * <pre>
 * m_k(S) = min over s in S of h_k(s)
 * P( m_k(S) = m_k(T) ) = |S and T together| / |S or T|
 * </pre>
 *
 * <p>so that the share of equal minima estimates the right side (Jaccard), with a standard deviation of at most 0.045. A text that is
 * shorter is one stretch. Immutable; safe for any thread.
 */
public final class MinHash {

    private static final int STRETCH = 5;
    static final int HASHES = 128;

    /** What tells the hash functions apart. */
    private static final long[] FUNCTIONS =
            LongStream.rangeClosed(1, HASHES).map(RandomStream::mix).toArray();

    private final int[][] minima;

    private MinHash(int[][] minima) {
        this.minima = minima;
    }

    /** The signatures of texts. */
    public static MinHash of(List<String> texts) {
        return new MinHash(texts.parallelStream().map(MinHash::minima).toArray(int[][]::new));
    }

    private static int[] minima(String text) {
        String normalised = TextIdentity.normalised(text);
        int[] least = new int[HASHES];
        Arrays.fill(least, Integer.MAX_VALUE);
        for (int from = 0; from == 0 || from + STRETCH <= normalised.length(); from++) {
            long stretch = TextIdentity.hash(normalised.substring(from, Math.min(normalised.length(), from + STRETCH)));
            for (int k = 0; k < HASHES; k++) {
                int hash = (int) RandomStream.mix(stretch ^ FUNCTIONS[k]);
                if (hash < least[k]) {
                    least[k] = hash;
                }
            }
        }
        return least;
    }

    /** How many texts there are. */
    int count() {
        return minima.length;
    }

    /** How many signatures differ, about. */
    long different() {
        return Arrays.stream(minima).mapToInt(Arrays::hashCode).distinct().count();
    }

    /** The signature of a text, which stays unchanged. */
    int[] minima(int text) {
        return minima[text];
    }

    /** The share of wording that two texts have in common, about; from 0 to 1. */
    public double shared(int one, int other) {
        int[] first = minima[one];
        int[] second = minima[other];
        int equal = 0;
        for (int k = 0; k < HASHES; k++) {
            equal += first[k] == second[k] ? 1 : 0;
        }
        return (double) equal / HASHES;
    }
}
