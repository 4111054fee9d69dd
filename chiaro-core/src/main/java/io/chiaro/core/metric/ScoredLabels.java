package io.chiaro.core.metric;

import java.util.Arrays;
import java.util.Comparator;

/**
 * How well scores tell positive from negative items. A threshold can only lie between distinct scores, so items of equal
 * score always fall on the same side; thresholds stand for "positive if score >= threshold".
 *
 * <p>Immutable; made once in O(n log n), read at any number of times.
 */
public final class ScoredLabels {

    /** The best value over all thresholds and the threshold that reaches it. */
    public record Best(double value, double threshold) {}

    /** After the i-th distinct score from above: how many items were taken as positive, and how many rightly. */
    private final int[] taken;

    private final int[] right;
    private final double[] distinct;
    private final int positives;
    private final int total;

    private ScoredLabels(int[] taken, int[] right, double[] distinct, int positives, int total) {
        this.taken = taken;
        this.right = right;
        this.distinct = distinct;
        this.positives = positives;
        this.total = total;
    }

    /**
     * Joins scores with labels.
     *
     * @param scores higher means more likely positive; none is NaN
     * @param positive the truth, as many
     * @throws IllegalArgumentException if the lengths differ, no item is positive or none negative, or a score is NaN
     */
    public static ScoredLabels of(double[] scores, boolean[] positive) {
        if (scores.length != positive.length) {
            throw new IllegalArgumentException("ScoredLabels: expected one label for each score, but found "
                    + scores.length + " scores and " + positive.length + " labels");
        }
        Integer[] order = new Integer[scores.length];
        int positives = 0;
        for (int i = 0; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("ScoredLabels: score " + i + " is NaN");
            }
            order[i] = i;
            positives += positive[i] ? 1 : 0;
        }
        if (positives == 0 || positives == scores.length) {
            throw new IllegalArgumentException("ScoredLabels: expected positive and negative items, but found "
                    + positives + " positive of " + scores.length);
        }
        Arrays.sort(order, Comparator.comparingDouble(i -> -scores[i]));
        int[] taken = new int[scores.length];
        int[] right = new int[scores.length];
        double[] distinct = new double[scores.length];
        int groups = 0;
        int found = 0;
        for (int i = 0; i < order.length; i++) {
            found += positive[order[i]] ? 1 : 0;
            if (i + 1 == order.length || scores[order[i + 1]] != scores[order[i]]) {
                taken[groups] = i + 1;
                right[groups] = found;
                distinct[groups] = scores[order[i]];
                groups++;
            }
        }
        return new ScoredLabels(
                Arrays.copyOf(taken, groups),
                Arrays.copyOf(right, groups),
                Arrays.copyOf(distinct, groups),
                positives,
                scores.length);
    }

    /**
     * {@code sum_n (R_n - R_{n-1}) P_n} over the distinct thresholds from above, without interpolation, where R_n and P_n
     * are recall and precision at the n-th.
     */
    public double averagePrecision() {
        double sum = 0;
        int before = 0;
        for (int i = 0; i < taken.length; i++) {
            sum += (double) (right[i] - before) / positives * right[i] / taken[i];
            before = right[i];
        }
        return sum;
    }

    /**
     * The area under the receiver operating characteristic: the share of pairs (positive, negative) in which the positive
     * has the higher score, an equal score counting one half (Mann and Whitney's U).
     */
    public double areaUnderCurve() {
        double area = 0;
        int rightBefore = 0;
        int wrongBefore = 0;
        for (int i = 0; i < taken.length; i++) {
            int wrong = taken[i] - right[i];
            area += (wrong - wrongBefore) * (right[i] + rightBefore) / 2.0;
            rightBefore = right[i];
            wrongBefore = wrong;
        }
        return area / ((double) positives * (total - positives));
    }

    /**
     * The receiver operating characteristic from (0, 0) to (1, 1), a point for each distinct score from above.
     *
     * @return two rows: the share of negatives taken as positive, and the share of positives found
     */
    public double[][] operatingCharacteristic() {
        double[][] curve = new double[2][taken.length + 1];
        for (int i = 0; i < taken.length; i++) {
            curve[0][i + 1] = (double) (taken[i] - right[i]) / (total - positives);
            curve[1][i + 1] = (double) right[i] / positives;
        }
        return curve;
    }

    /**
     * Precision by recall, a point for each distinct score from above.
     *
     * @return two rows: recall and precision
     */
    public double[][] precisionByRecall() {
        double[][] curve = new double[2][taken.length];
        for (int i = 0; i < taken.length; i++) {
            curve[0][i] = (double) right[i] / positives;
            curve[1][i] = (double) right[i] / taken[i];
        }
        return curve;
    }

    /**
     * The highest {@code (true positives + true negatives) / n} over all thresholds, one above all scores included. The
     * threshold is chosen on the judged items themselves, so this is an upper bound of what a user will see.
     */
    public Best bestAccuracy() {
        Best best = new Best((double) (total - positives) / total, Double.POSITIVE_INFINITY);
        for (int i = 0; i < taken.length; i++) {
            int negativesLeft = total - positives - (taken[i] - right[i]);
            double accuracy = (double) (right[i] + negativesLeft) / total;
            if (accuracy > best.value) {
                best = new Best(accuracy, threshold(i));
            }
        }
        return best;
    }

    /** The highest {@code 2 P R / (P + R)} of precision P and recall R over all thresholds, chosen as above. */
    public Best bestF1() {
        Best best = new Best(0, Double.POSITIVE_INFINITY);
        for (int i = 0; i < taken.length; i++) {
            double f1 = 2.0 * right[i] / (taken[i] + positives);
            if (f1 > best.value) {
                best = new Best(f1, threshold(i));
            }
        }
        return best;
    }

    /** Half way to the next lower score, so that the threshold also parts new items fairly. */
    private double threshold(int group) {
        return group + 1 < distinct.length ? (distinct[group] + distinct[group + 1]) / 2 : distinct[group];
    }
}
