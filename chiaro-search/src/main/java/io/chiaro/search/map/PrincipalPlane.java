package io.chiaro.search.map;

import io.chiaro.core.RandomStream;

/** The plane of the two directions in which vectors vary most, by subspace iteration on their covariance. */
final class PrincipalPlane {

    private static final int ROUNDS = 60;

    private PrincipalPlane() {}

    /**
     * The vectors in that plane.
     *
     * @param vectors [n, d]
     * @return [n, 2], the direction of the greater variance first; zeros where there is no variance
     */
    static double[][] of(float[][] vectors, long seed) {
        int n = vectors.length;
        int dimension = vectors[0].length;
        double[] mean = new double[dimension];
        for (float[] vector : vectors) {
            for (int d = 0; d < dimension; d++) {
                mean[d] += vector[d] / (double) n;
            }
        }
        double[][] covariance = covariance(vectors, mean);
        RandomStream random = RandomStream.of(seed, "map plane");
        double[][] axes = new double[2][dimension];
        for (double[] axis : axes) {
            for (int d = 0; d < dimension; d++) {
                axis[d] = random.nextGaussian();
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int a = 0; a < 2; a++) {
                axes[a] = product(covariance, axes[a]);
            }
            normalise(axes[0]);
            double shared = dot(axes[0], axes[1]);
            for (int d = 0; d < dimension; d++) {
                axes[1][d] -= shared * axes[0][d];
            }
            normalise(axes[1]);
        }
        double[][] plane = new double[n][2];
        for (int i = 0; i < n; i++) {
            for (int d = 0; d < dimension; d++) {
                double value = vectors[i][d] - mean[d];
                plane[i][0] += value * axes[0][d];
                plane[i][1] += value * axes[1][d];
            }
        }
        return plane;
    }

    private static double[][] covariance(float[][] vectors, double[] mean) {
        int dimension = mean.length;
        double[][] covariance = new double[dimension][dimension];
        double[] centred = new double[dimension];
        for (float[] vector : vectors) {
            for (int d = 0; d < dimension; d++) {
                centred[d] = vector[d] - mean[d];
            }
            for (int a = 0; a < dimension; a++) {
                double value = centred[a] / vectors.length;
                double[] row = covariance[a];
                for (int b = 0; b < dimension; b++) {
                    row[b] += value * centred[b];
                }
            }
        }
        return covariance;
    }

    private static double[] product(double[][] matrix, double[] vector) {
        double[] product = new double[matrix.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = dot(matrix[i], vector);
        }
        return product;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void normalise(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        for (int i = 0; i < vector.length; i++) {
            vector[i] = length > 0 ? vector[i] / length : 0;
        }
    }
}
