package io.chiaro.eval;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * By how much one system is above another that was judged under the same seeds: the mean of the differences with an interval
 * of Student's t, n - 1 degrees of freedom.
 *
 * @param mean of {@code first - second} over the pairs
 * @param deviation the sample deviation of the differences; 0 for a single pair
 * @param low where the interval begins; minus infinity for a single pair
 * @param high where it ends
 * @param confidence how sure the interval is, for example 0.95
 */
public record PairedDifference(double mean, double deviation, double low, double high, double confidence) {

    /**
     * The difference of two systems, value by value.
     *
     * @throws IllegalArgumentException if there are no pairs, or not as many values of one as of the other
     */
    public static PairedDifference of(double[] first, double[] second, double confidence) {
        if (first.length != second.length || first.length == 0) {
            throw new IllegalArgumentException(
                    "PairedDifference: expected as many values of both and at least one, but found " + first.length
                            + " and " + second.length);
        }
        double[] differences = new double[first.length];
        Arrays.setAll(differences, i -> first[i] - second[i]);
        double mean = Arrays.stream(differences).average().orElseThrow();
        int n = differences.length;
        if (n == 1) {
            return new PairedDifference(mean, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, confidence);
        }
        double squares = Arrays.stream(differences)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        double deviation = Math.sqrt(squares / (n - 1));
        double quantile = TDistribution.of(n - 1).inverseCumulativeProbability((1 + confidence) / 2);
        double half = quantile * deviation / Math.sqrt(n);
        return new PairedDifference(mean, deviation, mean - half, mean + half, confidence);
    }

    /** Whether the interval leaves zero out. */
    public boolean shown() {
        return low > 0 || high < 0;
    }
}
