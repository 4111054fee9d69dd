package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * No negatives: view 0 is a prediction and view 1 its target, which is held fixed. {@code -cos} is Chen and He, "SimSiam", CVPR
 * 2021, eq. 1; {@code 2 - 2 cos} Grill et al., "BYOL", NeurIPS 2020, eq. 2. Four views are two predictions and their targets,
 * (0, 1) and (2, 3), and the value is the mean. It cannot see collapse.
 */
public record NegativeCosine(Form form) implements BatchLoss {

    /** The same minimum, and another scale. */
    public enum Form {
        NEGATIVE_COSINE,
        SQUARED_DISTANCE
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor sum = Statistics.meanCosine(batch.view(0), batch.view(1).detach());
        int pairs = 1;
        if (batch.views().size() >= 4) {
            sum = sum.add(Statistics.meanCosine(batch.view(2), batch.view(3).detach()));
            pairs = 2;
        }
        Tensor cosine = sum.divide(pairs);
        return form == Form.NEGATIVE_COSINE
                ? cosine.negate()
                : cosine.multiply(-2).add(2);
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
