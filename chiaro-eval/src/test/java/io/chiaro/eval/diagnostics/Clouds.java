package io.chiaro.eval.diagnostics;

import java.util.SplittableRandom;

/** Clouds whose figures are known. */
final class Clouds {

    private Clouds() {}

    static float[][] gaussian(SplittableRandom random, int n, int d) {
        float[][] rows = new float[n][d];
        for (float[] row : rows) {
            for (int k = 0; k < d; k++) {
                row[k] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    /** Unit vectors along the axes, row i along axis i modulo d. */
    static float[][] axes(int n, int d) {
        float[][] rows = new float[n][d];
        for (int i = 0; i < n; i++) {
            rows[i][i % d] = 1;
        }
        return rows;
    }

    /** The corners of a regular simplex around 0, corner i modulo the number of corners, in as many dimensions. */
    static float[][] simplex(int n, int corners) {
        float[][] rows = new float[n][corners];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < corners; k++) {
                rows[i][k] = (i % corners == k ? 1f : 0f) - 1f / corners;
            }
        }
        return rows;
    }

    /** Labels 0, 1, ... classes - 1, over and over. */
    static int[] labels(int n, int classes) {
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % classes;
        }
        return labels;
    }

    /** The rows turned by a random rotation (Gram and Schmidt) and made longer by a factor. */
    static float[][] turned(SplittableRandom random, float[][] rows, double factor) {
        int d = rows[0].length;
        double[][] basis = new double[d][d];
        for (int i = 0; i < d; i++) {
            for (int k = 0; k < d; k++) {
                basis[i][k] = random.nextGaussian();
            }
            for (int j = 0; j < i; j++) {
                double along = UnitRows.dot(basis[i], basis[j]);
                for (int k = 0; k < d; k++) {
                    basis[i][k] -= along * basis[j][k];
                }
            }
            double length = UnitRows.length(basis[i]);
            for (int k = 0; k < d; k++) {
                basis[i][k] /= length;
            }
        }
        float[][] turned = new float[rows.length][d];
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < d; k++) {
                double sum = 0;
                for (int j = 0; j < d; j++) {
                    sum += basis[k][j] * rows[i][j];
                }
                turned[i][k] = (float) (factor * sum);
            }
        }
        return turned;
    }

    static double cosine(float[] a, float[] b) {
        double product = 0;
        double first = 0;
        double second = 0;
        for (int k = 0; k < a.length; k++) {
            product += (double) a[k] * b[k];
            first += (double) a[k] * a[k];
            second += (double) b[k] * b[k];
        }
        return product / Math.sqrt(first * second);
    }
}
