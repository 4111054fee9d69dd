package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * No negatives: view 0 is a prediction and view 1 its target, which is held fixed. {@code -cos} is Chen and He, "SimSiam", CVPR
 * 2021, eq. 1; {@code 2 - 2 cos} Grill et al., "BYOL", NeurIPS 2020, eq. 2. Of four views 0 and 1 are predictions and 2 and 3
 * targets of an item's two views; each prediction meets the other view's target, and the value is the mean. It cannot see
 * collapse.
 */
public record NegativeCosine(Form form) implements BatchLoss {

    /** The same minimum, and another scale. */
    public enum Form {
        NEGATIVE_COSINE,
        SQUARED_DISTANCE
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor cosine = batch.views().size() < 4
                ? Statistics.meanCosine(batch.view(0), batch.view(1).detach())
                : Statistics.meanCosine(batch.view(0), batch.view(3).detach())
                        .add(Statistics.meanCosine(batch.view(1), batch.view(2).detach()))
                        .divide(2);
        return form == Form.NEGATIVE_COSINE
                ? cosine.negate()
                : cosine.multiply(-2).add(2);
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
