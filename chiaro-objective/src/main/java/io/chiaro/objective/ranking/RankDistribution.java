package io.chiaro.objective.ranking;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * How far the softmax of cosines is from that of ranks. Of n pairs the one with rank k by its score, 0 for the highest, has the number
 * {@code z = (n - 1 - k) / (n - 1)}, pairs of one score sharing the mean of their ranks. With the cosines c,
 *
 * <pre>
 * p = softmax(z / temperature)    q = softmax(c / temperature)    value = 1/n sum_i p_i log(p_i / q_i)
 * </pre>
 *
 * (Zhang et al., "CoDiEmb", 2025, the rank divergence; the factor 1/n is that of their published code). It is 0 where cosines are z and
 * a constant, so that it asks for even steps between ranks, whatever the scores are.
 */
public record RankDistribution(double temperature) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        return of(ScoredPairs.cosines(batch), batch.scores(), temperature);
    }

    static Tensor of(Tensor cosines, Tensor scores, double temperature) {
        double[] steps = steps(scores.toDoubles());
        Tensor told = Tensor.of(steps, steps.length).to(cosines.type()).divide(temperature);
        Tensor logs = told.logSoftmax(0);
        return logs.exp()
                .multiply(logs.subtract(cosines.divide(temperature).logSoftmax(0)))
                .sum()
                .divide(steps.length);
    }

    /** From 1 for the highest score down to 0 for the lowest; a lone pair has 0. */
    private static double[] steps(double[] scores) {
        int n = scores.length;
        double[] steps = new double[n];
        for (int i = 0; i < n && n > 1; i++) {
            int below = 0;
            int equal = 0;
            for (double other : scores) {
                below += other < scores[i] ? 1 : 0;
                equal += other == scores[i] ? 1 : 0;
            }
            steps[i] = (below + (equal - 1) / 2.0) / (n - 1);
        }
        return steps;
    }

    @Override
    public boolean scored() {
        return true;
    }
}
