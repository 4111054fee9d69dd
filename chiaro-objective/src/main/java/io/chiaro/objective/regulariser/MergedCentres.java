package io.chiaro.objective.regulariser;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Half the mean over pairs of rows of one class of {@code sqrt(2 - 2 cos)}, their distance at length one: centres of a class
 * that are not needed should fall together (Qian et al., "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling",
 * ICCV 2019, eq. 9).
 *
 * @param epsilon added below the root
 */
public record MergedCentres(double epsilon) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor units = batch.rows().normalize(-1);
        Tensor places = Tensor.range(units.size(0));
        Tensor pairs = batch.sameLabel().and(places.unsqueeze(0).isGreater(places.unsqueeze(1)));
        Tensor distances = units.matmul(units.transpose(0, 1))
                .multiply(-2)
                .add(2)
                // Single precision makes less than nothing of equal rows, and nothing of an epsilon that is added to
                // two.
                .atLeast(0)
                .add(epsilon)
                .maskedFill(pairs.not(), 1)
                .sqrt()
                .maskedFill(pairs.not(), 0);
        return distances
                .sum()
                .divide(pairs.to(distances.type()).sum().atLeast(1).multiply(2));
    }

    @Override
    public String reduction() {
        return "half the mean over pairs of one class";
    }
}
