package io.chiaro.eval.diagnostics;

/**
 * A symmetric matrix as V diag(lambda) V', by Jacobi's rotations (Golub and Van Loan, "Matrix Computations", section 8.5.3).
 * For matrices with a row a class; O(n^3) a sweep, and a handful of sweeps.
 *
 * @param values lambda, in no order
 * @param vectors column k belongs to value k
 */
@SuppressWarnings("ArrayRecordComponent")
record SymmetricDecomposition(double[] values, double[][] vectors) {

    private static final int MOST_SWEEPS = 50;

    /** The matrix is overwritten. */
    static SymmetricDecomposition of(double[][] a) {
        int n = a.length;
        double[][] v = new double[n][n];
        double size = 0;
        for (int i = 0; i < n; i++) {
            v[i][i] = 1;
            for (int j = 0; j < n; j++) {
                size += a[i][j] * a[i][j];
            }
        }
        for (int sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > 1e-30 * size; sweep++) {
            for (int p = 0; p < n - 1; p++) {
                for (int q = p + 1; q < n; q++) {
                    if (a[p][q] != 0) {
                        rotate(a, v, p, q);
                    }
                }
            }
        }
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = a[i][i];
        }
        return new SymmetricDecomposition(values, v);
    }

    private static double offDiagonal(double[][] a) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < i; j++) {
                sum += 2 * a[i][j] * a[i][j];
            }
        }
        return sum;
    }

    /** The rotation in the plane of p and q that makes a[p][q] zero. */
    private static void rotate(double[][] a, double[][] v, int p, int q) {
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double tangent = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
        double cosine = 1 / Math.hypot(tangent, 1);
        double sine = tangent * cosine;
        for (int k = 0; k < a.length; k++) {
            double left = a[k][p];
            double right = a[k][q];
            a[k][p] = cosine * left - sine * right;
            a[k][q] = sine * left + cosine * right;
        }
        for (int k = 0; k < a.length; k++) {
            double upper = a[p][k];
            double lower = a[q][k];
            a[p][k] = cosine * upper - sine * lower;
            a[q][k] = sine * upper + cosine * lower;
        }
        for (int k = 0; k < a.length; k++) {
            double left = v[k][p];
            double right = v[k][q];
            v[k][p] = cosine * left - sine * right;
            v[k][q] = sine * left + cosine * right;
        }
    }
}
