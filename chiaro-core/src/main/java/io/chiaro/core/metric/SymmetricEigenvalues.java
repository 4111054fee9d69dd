package io.chiaro.core.metric;

/**
 * The eigenvalues of a symmetric matrix in O(n^3): Householder reflections make it tridiagonal, then implicit QL steps
 * with Wilkinson's shift make it diagonal (Golub and Van Loan, "Matrix Computations", sections 8.3.1 and 8.3.3).
 */
final class SymmetricEigenvalues {

    private static final int MOST_STEPS = 60;

    private SymmetricEigenvalues() {}

    /** The eigenvalues in no order. The matrix is overwritten; only its lower triangle is read. */
    static double[] of(double[][] matrix) {
        int n = matrix.length;
        double[] diagonal = new double[n];
        double[] below = new double[n];
        tridiagonalize(matrix, diagonal, below);
        diagonalize(diagonal, below);
        return diagonal;
    }

    /** Row by row from the last, A becomes H A H with H = I - v v' / h, h = |v|^2 / 2, that clears the row left of below. */
    private static void tridiagonalize(double[][] a, double[] diagonal, double[] below) {
        int n = a.length;
        double[] product = new double[n];
        for (int i = n - 1; i >= 1; i--) {
            double[] v = a[i];
            diagonal[i] = v[i];
            double tail = 0;
            for (int k = 0; k < i - 1; k++) {
                tail += v[k] * v[k];
            }
            double last = v[i - 1];
            if (tail == 0) {
                below[i] = last;
                continue;
            }
            double length = Math.sqrt(tail + last * last);
            double alpha = last > 0 ? -length : length;
            below[i] = alpha;
            v[i - 1] = last - alpha;
            double h = length * length - last * alpha;
            // p = A v / h, from the lower triangle of the leading i x i block.
            for (int j = 0; j < i; j++) {
                product[j] = 0;
            }
            for (int j = 0; j < i; j++) {
                double[] row = a[j];
                double weight = v[j];
                double sum = row[j] * weight;
                for (int k = 0; k < j; k++) {
                    sum += row[k] * v[k];
                    product[k] += row[k] * weight;
                }
                product[j] += sum;
            }
            double inner = 0;
            for (int j = 0; j < i; j++) {
                product[j] /= h;
                inner += product[j] * v[j];
            }
            double half = inner / (2 * h);
            for (int j = 0; j < i; j++) {
                product[j] -= half * v[j];
            }
            // A - v q' - q v'
            for (int j = 0; j < i; j++) {
                double[] row = a[j];
                double vj = v[j];
                double qj = product[j];
                for (int k = 0; k <= j; k++) {
                    row[k] -= vj * product[k] + qj * v[k];
                }
            }
        }
        diagonal[0] = a[0][0];
    }

    /** below[i] couples i - 1 and i. */
    private static void diagonalize(double[] diagonal, double[] below) {
        int n = diagonal.length;
        double[] next = new double[n];
        System.arraycopy(below, 1, next, 0, n - 1);
        for (int start = 0; start < n; start++) {
            for (int step = 0; ; step++) {
                int end = start;
                while (end < n - 1 && !negligible(next[end], diagonal[end], diagonal[end + 1])) {
                    end++;
                }
                if (end == start) {
                    break;
                }
                if (step == MOST_STEPS) {
                    throw new IllegalStateException("SymmetricEigenvalues: no convergence after " + MOST_STEPS
                            + " steps; is an entry not finite?");
                }
                sweep(diagonal, next, start, end);
            }
        }
    }

    private static boolean negligible(double coupling, double left, double right) {
        double scale = Math.abs(left) + Math.abs(right);
        return Math.abs(coupling) <= 0x1.0p-53 * scale || Math.abs(coupling) < Double.MIN_NORMAL;
    }

    /** One implicit step: chases the bulge that the shifted rotation makes from the end of the block to its start. */
    private static void sweep(double[] diagonal, double[] next, int start, int end) {
        double half = (diagonal[start + 1] - diagonal[start]) / (2 * next[start]);
        double root = Math.hypot(half, 1);
        double shift = diagonal[start] - next[start] / (half + (half < 0 ? -root : root));
        double g = diagonal[end] - shift;
        double cosine = 1;
        double sine = 1;
        double correction = 0;
        for (int i = end - 1; i >= start; i--) {
            double bulge = sine * next[i];
            double side = cosine * next[i];
            double radius = Math.hypot(bulge, g);
            next[i + 1] = radius;
            if (radius == 0) {
                // The block has fallen apart by itself; the next step takes up its parts.
                diagonal[i + 1] -= correction;
                next[end] = 0;
                return;
            }
            sine = bulge / radius;
            cosine = g / radius;
            double middle = diagonal[i + 1] - correction;
            double twist = (diagonal[i] - middle) * sine + 2 * cosine * side;
            correction = sine * twist;
            diagonal[i + 1] = middle + correction;
            g = cosine * twist - side;
        }
        diagonal[start] -= correction;
        next[start] = g;
        next[end] = 0;
    }
}
