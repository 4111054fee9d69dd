package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code -|C|_* + lambda mean over items of |Z_i|_*}: the nuclear norm of the items' centres is to be large, that of the views
 * of each item small (Yerxa et al., "Learning Efficient Coding of Natural Images with Maximum Manifold Capacity
 * Representations", NeurIPS 2023, eq. 4).
 *
 * @param normalised whether rows are brought to length one, as in the paper; else the value falls without bound as they grow
 */
public record MaximumManifoldCapacity(double lambda, boolean normalised) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor all = Tensor.stack(normalised ? batch.units() : batch.views(), 1);
        Tensor centres = all.mean(1, false).singularValues().sum();
        Tensor value = centres.negate();
        if (lambda != 0) {
            Tensor local = all.singularValues().sum(-1, false).mean();
            value = value.add(local.multiply(lambda));
        }
        return value;
    }
}
