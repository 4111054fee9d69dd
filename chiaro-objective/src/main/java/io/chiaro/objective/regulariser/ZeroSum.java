package io.chiaro.objective.regulariser;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/** The mean over rows of the absolute sum of a row's features. */
public record ZeroSum() implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        return batch.rows().sum(1, false).abs().mean();
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
