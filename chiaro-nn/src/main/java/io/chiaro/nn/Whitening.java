package io.chiaro.nn;

import io.chiaro.tensor.Tensor;

/**
 * Rows whose features have one variance and do not depend on each other (Huang et al., "Iterative Normalization: Beyond Standardization
 * towards Efficient Whitening", CVPR 2019, algorithm 1):
 *
 * <pre>
 * S = X' X / n + 1e-5 I, X centred;   P = I, then five times  P = (3 P - P^3 S / tr S) / 2;   X P / sqrt(tr S)
 * </pre>
 *
 * <p>P goes to the inverse root of S / tr S, the faster the larger a variance is: directions that hold next to nothing stay small and
 * are not blown up to noise, so there may be fewer rows than features. No statistics are kept; a batch is whitened by itself.
 */
final class Whitening {

    private static final double EPSILON = 1e-5;
    private static final int ITERATIONS = 5;

    private Whitening() {}

    /** The whitened rows, [n, d], with gradients through the statistics. */
    static Tensor of(Tensor rows) {
        int width = Math.toIntExact(rows.size(1));
        Tensor centred = rows.subtract(rows.mean(0, true));
        Tensor identity = identity(width).to(rows.type());
        Tensor covariance =
                centred.transpose(0, 1).matmul(centred).divide(rows.size(0)).add(identity.multiply(EPSILON));
        Tensor trace = covariance.multiply(identity).sum();
        Tensor share = covariance.divide(trace);
        Tensor root = identity;
        for (int i = 0; i < ITERATIONS; i++) {
            Tensor cube = root.matmul(root).matmul(root);
            root = root.multiply(3).subtract(cube.matmul(share)).divide(2);
        }
        return centred.matmul(root).divide(trace.sqrt());
    }

    private static Tensor identity(int size) {
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = 1;
        }
        return Tensor.of(values, size, size);
    }
}
