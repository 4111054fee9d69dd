package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code alignment * mean |x - y|^alpha + uniformity * mean over views of log mean over i < j of exp(-t |x_i - x_j|^2)} of
 * unit vectors (Wang and Isola, "Understanding Contrastive Representation Learning through Alignment and Uniformity on the
 * Hypersphere", ICML 2020, section 4.1).
 */
public record AlignmentUniformity(double alignment, double alpha, double uniformity, double t) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.unit(0);
        Tensor second = batch.unit(1);
        Tensor squared = first.subtract(second).square().sum(1, false);
        Tensor near = (alpha == 2 ? squared : squared.add(Float.MIN_NORMAL).power(alpha / 2)).mean();
        Tensor spread = uniformity(batch, first).add(uniformity(batch, second)).divide(2);
        return near.multiply(alignment).add(spread.multiply(uniformity));
    }

    private Tensor uniformity(ViewBatch batch, Tensor rows) {
        double pairs = (double) batch.items() * (batch.items() - 1);
        return Statistics.logMeanExp(Statistics.squaredDistances(rows).multiply(-t), batch.others(), pairs);
    }
}
