package io.chiaro.objective.metric;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Pairs that are told to be alike, label 1, or not, label 0: with {@code d = 1 - cosine} the mean over pairs of {@code 1/2 (y d^2 +
 * (1 - y) max(0, margin - d)^2)} (Hadsell, Chopra and LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", CVPR
 * 2006, eq. 4). Row i of view 0 and of view 1 make pair i, whose label is its score.
 */
public record LabelledPairs(double margin) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor distances = Rows.cosineDistances(batch.view(0), batch.view(1));
        Tensor alike = batch.scores();
        Tensor near = distances.square().multiply(alike);
        Tensor far = distances
                .negate()
                .add(margin)
                .relu()
                .square()
                .multiply(alike.negate().add(1));
        return near.add(far).mean().divide(2);
    }

    @Override
    public boolean scored() {
        return true;
    }

    @Override
    public String reduction() {
        return "mean over pairs";
    }
}
