package io.chiaro.core.metric;

import java.util.Arrays;
import java.util.Comparator;

/** How two lists of numbers go together. */
public final class Correlation {

    private Correlation() {}

    /**
     * Pearson's correlation, {@code sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 sum (y - mean y)^2)}.
     *
     * @return a number in [-1, 1], or NaN if one side is constant
     * @throws IllegalArgumentException if the lengths differ, are below 2, or a number is not finite
     */
    public static double pearson(double[] x, double[] y) {
        check(x, y);
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < x.length; i++) {
            double dx = x[i] - meanX;
            double dy = y[i] - meanY;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        if (constant(x) || constant(y) || xx == 0 || yy == 0) {
            return Double.NaN;
        }
        return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
    }

    /**
     * Spearman's correlation: Pearson's of the ranks, where equal numbers share the mean of their ranks.
     *
     * @return a number in [-1, 1], or NaN if one side is constant
     * @throws IllegalArgumentException if the lengths differ, are below 2, or a number is not finite
     */
    public static double spearman(double[] x, double[] y) {
        check(x, y);
        return pearson(ranks(x), ranks(y));
    }

    /** The ranks from 1; equal numbers share the mean of the ranks that they take up. */
    static double[] ranks(double[] values) {
        Integer[] order = new Integer[values.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> values[i] + 0.0));
        double[] ranks = new double[values.length];
        for (int start = 0; start < order.length; ) {
            int end = start + 1;
            while (end < order.length && values[order[end]] == values[order[start]]) {
                end++;
            }
            for (int i = start; i < end; i++) {
                ranks[order[i]] = (start + 1 + end) / 2.0;
            }
            start = end;
        }
        return ranks;
    }

    private static boolean constant(double[] values) {
        return Arrays.stream(values).allMatch(value -> value == values[0]);
    }

    private static void check(double[] x, double[] y) {
        if (x.length != y.length || x.length < 2) {
            throw new IllegalArgumentException("Correlation: expected two lists of one length of at least 2, but found "
                    + x.length + " and " + y.length);
        }
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i]) || !Double.isFinite(y[i])) {
                throw new IllegalArgumentException(
                        "Correlation: number " + i + " is not finite: " + x[i] + " and " + y[i]);
            }
        }
    }
}
