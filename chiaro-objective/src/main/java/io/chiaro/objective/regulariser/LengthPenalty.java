package io.chiaro.objective.regulariser;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The mean of the rows' p-norms, each to a power: short rows (Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss
 * Objective", NIPS 2016, section 3.2.2, with p and power 2).
 */
public record LengthPenalty(double p, double power) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor rows = batch.rows();
        Tensor norms = p == 2
                ? rows.norm(1, false)
                : p == 1
                        ? rows.abs().sum(1, false)
                        : rows.abs().power(p).sum(1, false).power(1 / p);
        return (power == 1 ? norms : norms.power(power)).mean();
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }

    @Override
    public int views() {
        return 1;
    }
}
