package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Positives at most {@code positive} apart, negatives at least {@code negative}: {@code max(0, d - positive)} and {@code
 * max(0, negative - d)}, each averaged over its pairs above zero, then added (Hadsell, Chopra and LeCun, "Dimensionality
 * Reduction by Learning an Invariant Mapping", CVPR 2006, eq. 4, without the squares).
 */
public record PairMargins(double positive, double negative) implements RowDivergence {

    @Override
    public boolean readsDistances() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.scores().negate();
        Tensor near =
                distances.add(-positive).relu().maskedFill(strip.positives().not(), 0);
        Tensor far = distances
                .negate()
                .add(negative)
                .relu()
                .maskedFill(strip.negatives().not(), 0);
        return List.of(Term.meanAboveZero(near), Term.meanAboveZero(far));
    }

    @Override
    public String reduction() {
        return "mean over positive pairs above zero plus mean over negative pairs above zero";
    }
}
