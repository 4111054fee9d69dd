package io.chiaro.objective.ranking;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code 1 - r}, with r Pearson's correlation between the cosines c_i of pairs and their scores y_i,
 *
 * <pre>
 * r = sum (c_i - mean c) (y_i - mean y) / sqrt( sum (c_i - mean c)^2  sum (y_i - mean y)^2 )
 * </pre>
 *
 * (Zhang et al., "CoDiEmb", 2025, the correlation loss). Only how cosines lie towards each other counts, not where they are. Where all
 * cosines or all scores are equal there is nothing to correlate, and r is 0. Row i of view 0 and of view 1 make pair i.
 */
public record PearsonDistance() implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        return of(ScoredPairs.cosines(batch), batch.scores());
    }

    static Tensor of(Tensor cosines, Tensor scores) {
        Tensor found = cosines.subtract(cosines.mean());
        Tensor told = scores.subtract(scores.mean());
        Tensor lengths = found.square().sum().multiply(told.square().sum());
        return found.multiply(told)
                .sum()
                .divide(lengths.atLeast(ScoredPairs.LEAST).sqrt())
                .negate()
                .add(1);
    }

    @Override
    public boolean scored() {
        return true;
    }
}
