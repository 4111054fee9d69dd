package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code 2 - 2 cos} of views whose features were made independent: each view is centred and multiplied by the inverse of the
 * Cholesky factor of {@code (1 - epsilon) covariance + epsilon I} (Ermolov et al., "Whitening for Self-Supervised
 * Representation Learning", ICML 2021, eq. 4). The batch is one part; it needs more items than features.
 */
public record Whitened(double epsilon) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        return Statistics.meanCosine(white(batch.view(0)), white(batch.view(1)))
                .multiply(-2)
                .add(2);
    }

    private Tensor white(Tensor values) {
        if (epsilon == 0 && values.size(0) <= values.size(1)) {
            throw ChiaroException.usage("objective: whitening needs more items than features, but found "
                    + values.size(0) + " items of " + values.size(1) + " features. Give more, or an epsilon above 0.");
        }
        Tensor covariance = Statistics.covariance(values)
                .multiply(1 - epsilon)
                .add(Statistics.identity(Math.toIntExact(values.size(1)), epsilon, values));
        return factor(covariance)
                .solveLowerTriangular(Statistics.centred(values).transpose(0, 1))
                .transpose(0, 1);
    }

    /** Features of an encoder that ends in a normalisation add up to a constant, and have no inverse. */
    private static Tensor factor(Tensor covariance) {
        try {
            return covariance.cholesky();
        } catch (IllegalArgumentException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.USAGE,
                    "objective: whitening needs features that do not depend on each other, but those of this batch do. Give an "
                            + "epsilon above 0, such as 0.1.",
                    e);
        }
    }
}
