package io.chiaro.objective;

import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;

/**
 * {@code log sum_k exp(s_k) - mean of s over the positives}: the cross-entropy of the softmax over candidates with the even
 * distribution over positives, the mean over anchors (van den Oord, Li and Vinyals, "Representation Learning with
 * Contrastive Predictive Coding", 2018, eq. 4).
 *
 * <p>For in-batch candidates it works tile by tile in two calls: {@link #normalizers} gives the statistic of a tile, which
 * {@link LogSumExp#add} joins with those of the other tiles of the row; {@link #gradient} then needs nothing but that
 * statistic.
 */
public record CrossEntropy() implements Divergence {

    @Override
    public Reach reach() {
        return Reach.ROWWISE;
    }

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.SameItem.class;
    }

    /** log sum exp of each row of a tile [n, m] whose left-out cells are minus infinity, rounded only once. */
    double[] normalizers(Tensor scores) {
        // A row without candidates has no largest score; a finite one keeps minus infinity from meeting itself.
        Tensor largest = scores.max(1, true).atLeast(-Float.MAX_VALUE);
        double[] sums = scores.subtract(largest).exp().sum(1, false).toDoubles();
        double[] result = largest.toDoubles();
        for (int i = 0; i < result.length; i++) {
            result[i] += Math.log(sums[i]);
        }
        return result;
    }

    /**
     * {@code weight_i exp(s_ij - normalizer_i)} for a tile [n, m]: the gradient to its scores, but for the positives' own
     * share, which is {@code -weight_i / positives_i}. A weight of 0 gives zeros, whatever the scores.
     */
    Tensor gradient(Tensor scores, double[] normalizers, double[] weights) {
        boolean isDouble = scores.type() == DType.DOUBLE;
        double[] shifts = new double[normalizers.length];
        double[] factors = new double[normalizers.length];
        for (int i = 0; i < shifts.length; i++) {
            boolean counts = weights[i] != 0;
            double shift = isDouble ? normalizers[i] : (float) normalizers[i];
            shifts[i] = counts ? shift : Double.POSITIVE_INFINITY;
            // What rounding took from the normaliser goes into the factor.
            factors[i] = counts ? weights[i] * Math.exp(shift - normalizers[i]) : 0;
        }
        int rows = shifts.length;
        return scores.subtract(Tensor.of(shifts, rows, 1).to(scores.type()))
                .exp()
                .multiply(Tensor.of(factors, rows, 1).to(scores.type()));
    }

    @Override
    public Judgement judge(ScoreTable table) {
        double[][] gradient = table.zeros();
        long anchors = 0;
        for (int i = 0; i < table.rows(); i++) {
            anchors += table.count(i, Relation.POSITIVE) > 0 ? 1 : 0;
        }
        double sum = 0;
        double chance = 0;
        double floor = 0;
        for (int i = 0; i < table.rows(); i++) {
            int positives = table.count(i, Relation.POSITIVE);
            if (positives == 0) {
                continue;
            }
            double[] scores = table.scores()[i];
            Relation[] relations = table.relations()[i];
            double normalizer = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < scores.length; j++) {
                if (isCandidate(relations[j])) {
                    normalizer = LogSumExp.add(normalizer, scores[j]);
                }
            }
            double weight = 1.0 / anchors;
            sum += weight * normalizer;
            for (int j = 0; j < scores.length; j++) {
                if (isCandidate(relations[j])) {
                    gradient[i][j] += weight * Math.exp(scores[j] - normalizer);
                }
                if (relations[j] == Relation.POSITIVE) {
                    sum -= weight * scores[j] / positives;
                    gradient[i][j] -= weight / positives;
                }
            }
            chance += weight * Math.log(positives + table.count(i, Relation.NEGATIVE));
            floor += weight * Math.log(positives);
        }
        return new Judgement(sum, chance, floor, gradient, anchors);
    }

    private static boolean isCandidate(Relation relation) {
        return relation == Relation.POSITIVE || relation == Relation.NEGATIVE;
    }
}
