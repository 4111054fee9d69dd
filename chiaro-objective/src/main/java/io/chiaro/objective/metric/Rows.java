package io.chiaro.objective.metric;

import io.chiaro.tensor.Tensor;

/** What several objectives reckon between all rows [N, d] of a batch. */
final class Rows {

    /** Equal rows have no direction between them; this keeps their gradient at zero. */
    private static final double LEAST_SQUARE = 1e-24;

    private Rows() {}

    /** Cosines of all rows, [N, N]. */
    static Tensor cosines(Tensor rows) {
        Tensor units = rows.normalize(-1);
        return units.matmul(units.transpose(0, 1));
    }

    /** Distances of all rows after they are brought to length one, [N, N]. */
    static Tensor unitDistances(Tensor rows) {
        return cosines(rows).multiply(-2).add(2).atLeast(LEAST_SQUARE).sqrt();
    }
}
