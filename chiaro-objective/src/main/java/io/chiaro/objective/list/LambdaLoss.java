package io.chiaro.objective.list;

import io.chiaro.objective.ListDivergence;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * NDCG-Loss2++ of the LambdaLoss framework (Wang et al., "The LambdaLoss Framework for Ranking Metric Optimization", CIKM 2018,
 * section 5.4): pairs count as much as their order matters to NDCG. With the candidates at the places a, b = 1, 2, ... in the
 * order of their scores, {@code D(a) = log2(1 + a)} and {@code G_i = (2^g_i - 1) / best DCG},
 *
 * <pre>
 * w_ij = (|1/D(a) - 1/D(b)| + mu |1/D(|a - b|) - 1/D(|a - b| + 1)|) |G_i - G_j|
 * value = mean over pairs with g_i > g_j of w_ij log2(1 + exp(-sigma (s_i - s_j)))
 * </pre>
 *
 * The first part of a weight is LambdaRank's, the second that of NDCG-Loss2. Weights are held fixed. Candidates of equal scores
 * stand in the order in which they were given.
 *
 * @param mu how much the second part counts, at least 0; 10 in the paper
 * @param sigma how steep, above 0
 */
public record LambdaLoss(double mu, double sigma) implements ListDivergence {

    /** Of a list whose grades are all at most 0, which gains nothing in any order. */
    private static final double SMALLEST_GAIN = 1e-10;

    public LambdaLoss {
        Pairs.requirePositive("sigma", sigma);
        if (!(mu >= 0) || Double.isInfinite(mu)) {
            throw new IllegalArgumentException("expected mu of at least 0, but found " + mu);
        }
    }

    @Override
    public long terms(double[] grades) {
        return Pairs.count(grades);
    }

    @Override
    public double sum(double[] scores, double[] grades, double[] gradient) {
        int[] place = places(scores);
        double best = bestGain(grades);
        return Pairs.sum(scores, grades, gradient, sigma, (i, j) -> {
            int apart = Math.abs(place[i] - place[j]);
            double swapped = Math.abs(discount(place[i]) - discount(place[j]));
            double moved = Math.abs(discount(apart) - discount(apart + 1));
            return (swapped + mu * moved) * Math.abs(gain(grades[i]) - gain(grades[j])) / best / Math.log(2);
        });
    }

    /** The place of each candidate, from 1, by falling scores. */
    private static int[] places(double[] scores) {
        int[] order = order(scores);
        int[] places = new int[order.length];
        for (int a = 0; a < order.length; a++) {
            places[order[a]] = a + 1;
        }
        return places;
    }

    private static int[] order(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -values[i]).thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double bestGain(double[] grades) {
        int[] order = order(grades);
        double sum = 0;
        for (int a = 0; a < order.length; a++) {
            sum += gain(grades[order[a]]) * discount(a + 1);
        }
        return Math.max(sum, SMALLEST_GAIN);
    }

    private static double discount(int place) {
        return Math.log(2) / Math.log1p(place);
    }

    /** What is worse than nothing gains nothing. */
    private static double gain(double grade) {
        return Math.pow(2, Math.max(0, grade)) - 1;
    }
}
