package io.chiaro.objective.ranking;

import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/** What losses read of pairs with a score: row i of view 0 and of view 1 make pair i. */
final class ScoredPairs {

    /** Below this a sum of squares is that of equal numbers; keeps gradients at zero there. */
    static final double LEAST = 1e-24;

    private ScoredPairs() {}

    /** The cosine of each pair, [B]. */
    static Tensor cosines(ViewBatch batch) {
        return batch.unit(0).multiply(batch.unit(1)).sum(1, false);
    }
}
