package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The cross-correlation of features of two views should be the identity: {@code sum over i of (1 - C_ii)^2 + lambda sum over i
 * != j of C_ij^2} (Zbontar et al., "Barlow Twins", ICML 2021, eq. 1).
 *
 * @param redundancy lambda
 * @param epsilon added to the variance of a feature
 */
public record BarlowTwins(double redundancy, double epsilon) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = Statistics.standardised(batch.view(0), epsilon);
        Tensor second = Statistics.standardised(batch.view(1), epsilon);
        Tensor correlation = first.transpose(0, 1).matmul(second).divide(batch.items());
        Tensor diagonal = Statistics.diagonal(batch.width());
        Tensor own = correlation
                .negate()
                .add(1)
                .square()
                .maskedFill(diagonal.not(), 0)
                .sum();
        return own.add(correlation.square().maskedFill(diagonal, 0).sum().multiply(redundancy));
    }

    @Override
    public String reduction() {
        return "sum over pairs of features";
    }
}
