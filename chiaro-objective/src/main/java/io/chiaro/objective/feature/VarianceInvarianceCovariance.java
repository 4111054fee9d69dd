package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code invariance * mean squared difference + variance * hinge of each feature's deviation at 1 + covariance * squared
 * covariances off the diagonal / d}, covariance as the sum of both views (Bardes, Ponce and LeCun, "VICReg", ICLR 2022, eq. 6).
 * Embeddings must not be normalised: unit vectors cannot reach the deviation 1.
 *
 * @param variances whether the hinges of the two views are averaged, as the authors do, or added
 */
public record VarianceInvarianceCovariance(
        double invariance, double variance, double covariance, double epsilon, Variances variances)
        implements BatchLoss {

    /** How the hinges of two views make one. */
    public enum Variances {
        AVERAGED,
        ADDED
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.view(0);
        Tensor second = batch.view(1);
        Tensor difference = first.subtract(second).square().mean();
        Tensor spread = Statistics.hingeOfDeviation(first, epsilon)
                .add(Statistics.hingeOfDeviation(second, epsilon))
                .divide(variances == Variances.AVERAGED ? 2 : 1);
        Tensor mixed = Statistics.squaredCovariances(first).add(Statistics.squaredCovariances(second));
        return difference.multiply(invariance).add(spread.multiply(variance)).add(mixed.multiply(covariance));
    }
}
