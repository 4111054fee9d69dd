package io.chiaro.eval.diagnostics;

import java.util.Arrays;

/**
 * Where the softmax sends its gradient: how much of what pushes an anchor away from its negatives comes from negatives of
 * which similarity. For an anchor i with negatives j the gradient with respect to {@code s_ij} has, of all negatives
 * together, the share
 *
 * <pre>  r_ij = exp(s_ij / tau) / sum over negatives k of exp(s_ik / tau)</pre>
 *
 * (Wang and Liu, "Understanding the behaviour of contrastive loss", CVPR 2021, equation 6). Its entropy falls with the
 * temperature: at a low one the nearest negative gets all, at a high one all get the same (section 3.2).
 *
 * @param temperature tau
 * @param similarity the middle of each bin of cosine, from -1 to 1
 * @param share the part of the gradient that comes from negatives of that bin, mean over anchors; sums to 1
 * @param frequency the part of the negatives that lie in that bin; sums to 1
 * @param entropy mean over anchors of {@code -sum r ln r / ln(number of negatives)}: 1 if all get the same, 0 if one gets all
 * @param hardest mean share of the nearest negative
 * @param effectiveNegatives mean over anchors of {@code exp(-sum r ln r)}: so many negatives of equal share would weigh as much
 */
@SuppressWarnings("ArrayRecordComponent")
public record HardnessProfile(
        double temperature,
        double[] similarity,
        double[] share,
        double[] frequency,
        double entropy,
        double hardest,
        double effectiveNegatives) {

    private static final int BINS = ScoreDistribution.BINS;

    /**
     * Of anchors and candidates [N, d]; the negatives of anchor i are all candidates but its own, i, and those of its group.
     *
     * @param groups rows of one group are no negatives of each other; one number a row, or empty
     * @param temperature greater than 0
     */
    public static HardnessProfile of(float[][] anchors, float[][] candidates, int[] groups, double temperature) {
        UnitRows.expectPaired("HardnessProfile.of", anchors, candidates);
        if (!(temperature > 0)) {
            throw new IllegalArgumentException(
                    "HardnessProfile.of: expected a temperature above 0, but found " + temperature);
        }
        UnitRows first = UnitRows.of("HardnessProfile.of", anchors);
        UnitRows second = UnitRows.of("HardnessProfile.of", candidates);
        int n = first.size();
        double[] share = new double[BINS];
        double[] frequency = new double[BINS];
        double entropy = 0;
        double hardest = 0;
        double effective = 0;
        int counted = 0;
        double[] scores = new double[n];
        for (int i = 0; i < n; i++) {
            int size = 0;
            for (int j = 0; j < n; j++) {
                if (i != j && (groups.length == 0 || groups[i] != groups[j])) {
                    scores[size++] = first.cosine(i, second, j);
                }
            }
            if (size < 2) {
                continue;
            }
            double[] weights = weights(scores, size, temperature);
            double own = 0;
            for (int j = 0; j < size; j++) {
                int bin = (int) Math.max(0, Math.min(BINS - 1, Math.floor((scores[j] + 1) / 2 * BINS)));
                share[bin] += weights[j];
                frequency[bin] += 1.0 / size;
                own -= weights[j] > 0 ? weights[j] * Math.log(weights[j]) : 0;
            }
            entropy += own / Math.log(size);
            effective += Math.exp(own);
            hardest += Arrays.stream(weights).max().orElse(0);
            counted++;
        }
        if (counted == 0) {
            throw new IllegalArgumentException(
                    "HardnessProfile.of: expected an anchor with two negatives, but found none");
        }
        double[] similarity = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            similarity[bin] = -1 + (bin + 0.5) * 2 / BINS;
            share[bin] /= counted;
            frequency[bin] /= counted;
        }
        return new HardnessProfile(
                temperature, similarity, share, frequency, entropy / counted, hardest / counted, effective / counted);
    }

    private static double[] weights(double[] scores, int size, double temperature) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < size; j++) {
            largest = Math.max(largest, scores[j]);
        }
        double[] weights = new double[size];
        double sum = 0;
        for (int j = 0; j < size; j++) {
            weights[j] = Math.exp((scores[j] - largest) / temperature);
            sum += weights[j];
        }
        for (int j = 0; j < size; j++) {
            weights[j] /= sum;
        }
        return weights;
    }
}
