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
 * @param difference the mean, or F1, of the first less that of the second
 * @param p from 0 (differs) to 1
 * @param pairs queries, or items that were decided
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

    /**
     * The test of two systems that said yes or no to the same items, on the difference of F1 = 2 r / (t + n) with t items taken, r of
     * them rightly, and n right ones in all: not a mean over items, but the two decisions of an item can change sides all the same (Yeh,
     * "More accurate tests for the statistical significance of result differences", COLING 2000, section 3.2). Items that both decide
     * alike change nothing.
     *
     * @param first decisions of one, item by item
     * @param second decisions of the other
     * @param truth what is right
     * @param samples assignments to draw, at least 1
     * @throws IllegalArgumentException if there are not as many of all, or none
     */
    public static RandomisationTest ofF1(boolean[] first, boolean[] second, boolean[] truth, int samples, long seed) {
        if (first.length != second.length || first.length != truth.length || first.length == 0 || samples < 1) {
            throw new IllegalArgumentException(
                    "RandomisationTest: expected decisions of both on the same items, at least one, and at least one sample, but found "
                            + first.length + ", " + second.length + ", " + truth.length + " and " + samples);
        }
        Taken both = new Taken();
        Taken one = new Taken();
        Taken other = new Taken();
        int right = 0;
        // Of each item that only one takes: whether it is right.
        boolean[] apart = new boolean[first.length];
        int differing = 0;
        for (int i = 0; i < first.length; i++) {
            right += truth[i] ? 1 : 0;
            if (first[i] && second[i]) {
                both.add(truth[i]);
            } else if (first[i] || second[i]) {
                (first[i] ? one : other).add(truth[i]);
                apart[differing++] = truth[i];
            }
        }
        double difference = both.f1With(one, right) - both.f1With(other, right);
        double observed = Math.abs(difference) - SLACK;
        boolean exact = differing < 31 && 1L << differing <= samples;
        long assignments = exact ? 1L << differing : samples;
        RandomStream random = RandomStream.of(seed, "randomisation test of F1");
        long count = 0;
        for (long k = 0; k < assignments; k++) {
            one.clear();
            other.clear();
            long signs = 0;
            for (int i = 0; i < differing; i++) {
                if (i % WORD == 0) {
                    signs = exact ? k : random.nextLong();
                }
                ((signs >>> (i % WORD) & 1) != 0 ? one : other).add(apart[i]);
            }
            if (Math.abs(both.f1With(one, right) - both.f1With(other, right)) >= observed) {
                count++;
            }
        }
        double p = exact ? (double) count / assignments : (count + 1.0) / (assignments + 1.0);
        return new RandomisationTest(difference, p, first.length, assignments, exact);
    }

    /** Items that a system takes. */
    private static final class Taken {

        private int all;
        private int right;

        void add(boolean isRight) {
            all++;
            right += isRight ? 1 : 0;
        }

        void clear() {
            all = 0;
            right = 0;
        }

        double f1With(Taken more, int positives) {
            int taken = all + more.all;
            return taken + positives == 0 ? 0 : 2.0 * (right + more.right) / (taken + positives);
        }
    }
}
