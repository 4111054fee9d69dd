package io.chiaro.objective.list;

import io.chiaro.objective.ListDivergence;

/**
 * Pairwise, RankNet: {@code log(1 + exp(-sigma (s_i - s_j)))}, the mean over pairs of a list with {@code g_i > g_j} (Burges et al.,
 * "Learning to Rank using Gradient Descent", ICML 2005, eq. 3, where the better one is known).
 *
 * @param sigma how steep, above 0
 */
public record PairwiseLogistic(double sigma) implements ListDivergence {

    public PairwiseLogistic {
        Pairs.requirePositive("sigma", sigma);
    }

    @Override
    public long terms(double[] grades) {
        return Pairs.count(grades);
    }

    @Override
    public double sum(double[] scores, double[] grades, double[] gradient) {
        return Pairs.sum(scores, grades, gradient, sigma, (i, j) -> 1);
    }
}
