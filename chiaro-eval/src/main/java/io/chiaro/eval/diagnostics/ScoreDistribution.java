package io.chiaro.eval.diagnostics;

import io.chiaro.core.metric.ScoredLabels;
import java.util.Arrays;

/**
 * The cosines of what belongs together beside the cosines of what does not, and how much the two overlap.
 *
 * <pre>  overlap = sum over bins of min(share of the positives, share of the negatives)</pre>
 *
 * <p>0 if a threshold tells both apart, 1 if nothing does. {@code auc} is the chance that a positive scores above a
 * negative, half for ties. The histograms of scores are the first thing to look at when a contrast does not learn (Zhu et
 * al., "Improving contrastive learning by visualizing feature transformation", ICCV 2021, section 3).
 *
 * @param positives the cosines of positive pairs
 * @param negatives the cosines of pairs that are not
 * @param overlap shared area of both histograms over {@value #BINS} bins from -1 to 1
 * @param auc area under the curve of telling them apart
 */
@SuppressWarnings("ArrayRecordComponent")
public record ScoreDistribution(double[] positives, double[] negatives, double overlap, double auc) {

    static final int BINS = 40;

    /**
     * Of pairs [N, d]: row i of both belongs together, all other combinations do not, except those of equal
     * {@code groups}: a text that occurs twice is no negative of itself.
     *
     * @param groups rows of one group are never negatives of each other; one number a row, or empty
     */
    public static ScoreDistribution ofPairs(float[][] anchors, float[][] positives, int[] groups) {
        UnitRows.expectPaired("ScoreDistribution.ofPairs", anchors, positives);
        UnitRows first = UnitRows.of("ScoreDistribution.ofPairs", anchors);
        UnitRows second = UnitRows.of("ScoreDistribution.ofPairs", positives);
        int n = first.size();
        double[] own = new double[n];
        double[] others = new double[n * (n - 1)];
        int at = 0;
        for (int i = 0; i < n; i++) {
            own[i] = first.cosine(i, second, i);
            for (int j = 0; j < n; j++) {
                if (i != j && (groups.length == 0 || groups[i] != groups[j])) {
                    others[at++] = first.cosine(i, second, j);
                }
            }
        }
        return of(own, Arrays.copyOf(others, at));
    }

    /** Of vectors [N, d] with a label each: pairs of one class are positive, pairs of two are negative. */
    public static ScoreDistribution ofClasses(float[][] vectors, int[] labels) {
        ClassMembers.of("ScoreDistribution.ofClasses", vectors, labels);
        UnitRows rows = UnitRows.of("ScoreDistribution.ofClasses", vectors);
        int n = rows.size();
        double[] same = new double[n * (n - 1) / 2];
        double[] different = new double[n * (n - 1) / 2];
        int positives = 0;
        int negatives = 0;
        for (int i = 1; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double cosine = rows.cosine(i, j);
                if (labels[i] == labels[j]) {
                    same[positives++] = cosine;
                } else {
                    different[negatives++] = cosine;
                }
            }
        }
        return of(Arrays.copyOf(same, positives), Arrays.copyOf(different, negatives));
    }

    private static ScoreDistribution of(double[] positives, double[] negatives) {
        if (positives.length == 0 || negatives.length == 0) {
            return new ScoreDistribution(positives, negatives, Double.NaN, Double.NaN);
        }
        double[] first = shares(positives);
        double[] second = shares(negatives);
        double overlap = 0;
        for (int bin = 0; bin < BINS; bin++) {
            overlap += Math.min(first[bin], second[bin]);
        }
        double[] all = new double[positives.length + negatives.length];
        boolean[] positive = new boolean[all.length];
        System.arraycopy(positives, 0, all, 0, positives.length);
        System.arraycopy(negatives, 0, all, positives.length, negatives.length);
        Arrays.fill(positive, 0, positives.length, true);
        return new ScoreDistribution(
                positives, negatives, overlap, ScoredLabels.of(all, positive).areaUnderCurve());
    }

    /** The share of the scores in each of {@value #BINS} bins from -1 to 1. */
    static double[] shares(double[] scores) {
        double[] shares = new double[BINS];
        for (double score : scores) {
            int bin = (int) Math.floor((score + 1) / 2 * BINS);
            shares[Math.max(0, Math.min(BINS - 1, bin))] += 1.0 / scores.length;
        }
        return shares;
    }

    /** The mean of some scores; NaN for none. */
    public static double mean(double[] scores) {
        return Arrays.stream(scores).average().orElse(Double.NaN);
    }

    /** The standard deviation of some scores, over n; NaN for none. */
    public static double deviation(double[] scores) {
        double mean = mean(scores);
        return Math.sqrt(Arrays.stream(scores)
                .map(score -> (score - mean) * (score - mean))
                .average()
                .orElse(Double.NaN));
    }
}
