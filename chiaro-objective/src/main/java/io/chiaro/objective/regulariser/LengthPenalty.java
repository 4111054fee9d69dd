package io.chiaro.objective.regulariser;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The mean of the rows' p-norms, each to a power, so that rows become short (Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss
 * Objective", NIPS 2016, section 3.2.2, with p and power 2).
 */
public record LengthPenalty(double p, double power) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor rows = batch.rows();
        Tensor sums = (p == 2 ? rows.square() : p == 1 ? rows.abs() : rows.abs().power(p)).sum(1, false);
        if (p == power) {
            return sums.mean();
        }
        // A root has no slope at zero.
        Tensor none = sums.detach().isGreater(0).not();
        return sums.maskedFill(none, 1).power(power / p).maskedFill(none, 0).mean();
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
