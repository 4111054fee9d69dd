package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Only the centres of the items repel each other: {@code log mean over i < j of exp(-t |m_i - m_j|^2)} with m_i the mean of
 * an item's unit views, not normalised again (Dufumier et al., "Integrating Prior Knowledge in Contrastive Learning with
 * Kernel", ICML 2023, eq. 3).
 */
public record DecoupledUniformity(double t) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor centre = batch.units().stream()
                .reduce(Tensor::add)
                .orElseThrow()
                .divide(batch.views().size());
        double pairs = (double) batch.items() * (batch.items() - 1);
        return Statistics.logMeanExp(Statistics.squaredDistances(centre).multiply(-t), batch.others(), pairs);
    }
}
