package io.chiaro.objective.regulariser;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The sum over features of the squared mean over rows: how many products an inverted index would do (Paria et al., "Minimizing
 * FLOPs to Learn Efficient Sparse Representations", ICLR 2020, eq. 4; rows have no numbers below zero there).
 */
public record MeanActivations() implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        return batch.rows().mean(0, false).square().sum();
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "sum over features";
    }
}
