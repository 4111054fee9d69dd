package io.chiaro.objective.regulariser;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * A quarter of the variance of the rows' squared lengths: {@code mean of (|x|^2 - mean |x|^2)^2 / 4} (Wu et al., "Deep Face
 * Recognition with Center Invariant Loss", ACM Multimedia Workshops 2017, eq. 5).
 */
public record EvenLengths() implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor squares = batch.rows().square().sum(1, false);
        return squares.subtract(squares.mean()).square().mean().divide(4);
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
