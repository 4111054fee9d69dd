package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * VICReg with correlations in place of covariances: {@code invariance * mean squared difference + variance * hinge of each
 * feature's deviation at 1 + correlation * squared correlations off the diagonal / d^2}, each of the last two as the mean of both
 * views (Lee and Aune, "VIbCReg: Variance-Invariance-better-Covariance Regularization for Self-Supervised Learning on Time
 * Series", 2021, eq. 4 to 6). Correlations are the products of centred features of length one.
 */
public record CorrelationPenalty(double invariance, double variance, double correlation, double epsilon)
        implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.view(0);
        Tensor second = batch.view(1);
        Tensor apart = first.subtract(second).square().mean();
        Tensor spread = Statistics.hingeOfDeviation(first, epsilon)
                .add(Statistics.hingeOfDeviation(second, epsilon))
                .divide(2);
        Tensor mixed = correlations(first).add(correlations(second)).divide(2);
        return apart.multiply(invariance).add(spread.multiply(variance)).add(mixed.multiply(correlation));
    }

    private static Tensor correlations(Tensor values) {
        Tensor features = Statistics.centred(values).normalize(0);
        return features.transpose(0, 1)
                .matmul(features)
                .square()
                .maskedFill(Statistics.diagonal(Math.toIntExact(values.size(1))), 0)
                .mean();
    }
}
