package io.chiaro.core.metric;

import io.chiaro.core.RandomStream;

/**
 * Whether two systems that were judged on the same queries differ by more than chance: if they did not, each query's two values could
 * change sides. Two-sided, on the difference of means (Fisher, "The Design of Experiments", 1935; Smucker, Allan and Carterette, "A
 * Comparison of Statistical Significance Tests for Information Retrieval Evaluation", CIKM 2007, section 3):
 *
 * <pre>p = share of the assignments of signs whose |sum of s_i (a_i - b_i)| is at least the observed one</pre>
 *
 * <p>All assignments are looked at where they are not more than the samples; else they are drawn, and the observed one counts as one of
 * them, so that p is never 0.
 *
 * @param difference the mean of the first less that of the second
 * @param p from 0 (differs) to 1
 * @param pairs queries
 * @param assignments looked at
 * @param exact whether these are all
 */
public record RandomisationTest(double difference, double p, int pairs, long assignments, boolean exact) {

    /** Sums of equal numbers in another order differ in their last bits. */
    private static final double SLACK = 1e-12;

    private static final int WORD = 64;

    /**
     * The test of two systems.
     *
     * @param first values of one, query by query
     * @param second values of the other
     * @param samples assignments to draw, at least 1
     * @throws IllegalArgumentException if there are no queries or not as many values of both
     */
    public static RandomisationTest of(double[] first, double[] second, int samples, long seed) {
        if (first.length != second.length || first.length == 0 || samples < 1) {
            throw new IllegalArgumentException(
                    "RandomisationTest: expected as many values of both, at least one, and at least one sample, but found "
                            + first.length + ", " + second.length + " and " + samples);
        }
        int pairs = first.length;
        double[] differences = new double[pairs];
        double sum = 0;
        double size = 0;
        for (int i = 0; i < pairs; i++) {
            differences[i] = first[i] - second[i];
            sum += differences[i];
            size += Math.abs(differences[i]);
        }
        double observed = Math.abs(sum) - SLACK * Math.max(1, size);
        boolean exact = pairs < 31 && 1L << pairs <= samples;
        long count = 0;
        long assignments = exact ? 1L << pairs : samples;
        long[] signs = new long[(pairs + WORD - 1) / WORD];
        RandomStream random = RandomStream.of(seed, "randomisation test");
        for (long k = 0; k < assignments; k++) {
            for (int w = 0; w < signs.length; w++) {
                signs[w] = exact ? k : random.nextLong();
            }
            double changed = 0;
            for (int i = 0; i < pairs; i++) {
                boolean minus = (signs[i / WORD] >>> (i % WORD) & 1) != 0;
                changed += minus ? -differences[i] : differences[i];
            }
            if (Math.abs(changed) >= observed) {
                count++;
            }
        }
        double p = exact ? (double) count / assignments : (count + 1.0) / (assignments + 1.0);
        return new RandomisationTest(sum / pairs, p, pairs, assignments, exact);
    }
}
