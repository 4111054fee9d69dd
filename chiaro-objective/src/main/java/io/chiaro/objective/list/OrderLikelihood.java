package io.chiaro.objective.list;

import io.chiaro.objective.ListDivergence;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How likely the order of the grades is, if candidates are drawn one after another by the softmax of their scores: ListMLE (Xia et al.,
 * "Listwise Approach to Learning to Rank: Theory and Algorithm", ICML 2008, eq. 9), and p-ListMLE, in which the first places count most
 * (Lan et al., "Position-Aware ListMLE: A Sequential Learning Process for Ranking", UAI 2014, eq. 5). With n candidates and
 * {@code r_i = 1 + |{j: g_j > g_i}|},
 *
 * <pre>
 * value of a list = sum over i of w_i log(1 + sum over j with g_j &lt; g_i of exp(s_j - s_i))
 * w_i = 1, or (2^(n - r_i) - 1) / sum of the same over those above the lowest grade
 * </pre>
 *
 * The mean over lists. Both papers know one order. Here candidates of one grade are not compared with each other, as neither of them is
 * known to be the better one; where all grades differ this is the value of the papers. With grades of 0 and 1 and w = 1 it is a
 * list's sum of what {@link ListLoss#contrastive} takes the mean of.
 *
 * @param positionAware whether the first places count most
 */
public record OrderLikelihood(boolean positionAware) implements ListDivergence {

    @Override
    public long terms(double[] grades) {
        return ListLoss.isEven(grades) ? 0 : 1;
    }

    @Override
    public double sum(double[] scores, double[] grades, double[] gradient) {
        double[] weights = weights(grades);
        int[] rising = IntStream.range(0, grades.length)
                .boxed()
                .sorted((a, b) -> Double.compare(grades[a], grades[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        // From the lowest grade up: what stands below a candidate is complete before its own grade is added to it.
        double[] below = new double[grades.length];
        double normalizer = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int from = 0, to; from < rising.length; from = to) {
            to = from;
            while (to < rising.length && grades[rising[to]] == grades[rising[from]]) {
                int i = rising[to++];
                below[i] = normalizer;
                sum += weights[i] * Logistic.loss(scores[i] - normalizer);
            }
            for (int k = from; k < to; k++) {
                normalizer = logSum(normalizer, scores[rising[k]]);
            }
        }
        for (int i = 0; i < scores.length; i++) {
            if (weights[i] == 0) {
                continue;
            }
            double pull = weights[i] * Logistic.probability(below[i] - scores[i]);
            gradient[i] -= pull;
            for (int j = 0; j < scores.length; j++) {
                if (grades[j] < grades[i]) {
                    gradient[j] += pull * Math.exp(scores[j] - below[i]);
                }
            }
        }
        return sum;
    }

    /** What each candidate counts; nothing where none is below it. */
    private double[] weights(double[] grades) {
        double lowest = Arrays.stream(grades).min().orElse(0);
        double[] weights = new double[grades.length];
        double sum = 0;
        for (int i = 0; i < grades.length; i++) {
            double grade = grades[i];
            if (grade > lowest) {
                long rank = 1 + Arrays.stream(grades).filter(g -> g > grade).count();
                // Over 2^n, which does not overflow and falls out of the share.
                weights[i] = positionAware ? Math.pow(2, -rank) - Math.pow(2, -grades.length) : 1;
                sum += weights[i];
            }
        }
        if (positionAware) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] /= sum;
            }
        }
        return weights;
    }

    private static double logSum(double a, double b) {
        double larger = Math.max(a, b);
        return larger == Double.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(-Math.abs(a - b)));
    }
}
