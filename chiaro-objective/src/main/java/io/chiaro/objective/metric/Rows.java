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

    /** 1 - cosine of row i with row i, [N]. */
    static Tensor cosineDistances(Tensor first, Tensor second) {
        return first.normalize(-1)
                .multiply(second.normalize(-1))
                .sum(1, false)
                .negate()
                .add(1);
    }

    /** Squared distances of all rows as they are, [N, N]. */
    static Tensor squaredDistances(Tensor rows) {
        Tensor squares = rows.square().sum(1, true);
        return squares.add(squares.transpose(0, 1))
                .subtract(rows.matmul(rows.transpose(0, 1)).multiply(2))
                .atLeast(0);
    }

    /** Distances of all rows after they are brought to length one, [N, N]; a row without length stays at the origin. */
    static Tensor unitDistances(Tensor rows) {
        return squaredDistances(rows.normalize(-1)).atLeast(LEAST_SQUARE).sqrt();
    }
}
