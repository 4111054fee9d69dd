package io.chiaro.core.metric;

import java.util.Arrays;

/**
 * The shape of a cloud of embeddings. Rows are items, [N, d]; alignment and uniformity are defined on the unit sphere, so
 * they take each row divided by its length.
 */
public final class EmbeddingGeometry {

    private EmbeddingGeometry() {}

    /**
     * {@code mean_i |f(x_i) - f(x_i+)|^2} over pairs of positives: 0 if all coincide, at most 4 (Wang and Isola,
     * "Understanding contrastive representation learning through alignment and uniformity", ICML 2020, with alpha 2).
     */
    public static double alignment(float[][] anchors, float[][] positives) {
        if (anchors.length != positives.length || anchors.length == 0) {
            throw new IllegalArgumentException(
                    "EmbeddingGeometry.alignment: expected one positive for each of at least "
                            + "one anchor, but found " + anchors.length + " and " + positives.length);
        }
        double sum = 0;
        for (int i = 0; i < anchors.length; i++) {
            sum += squaredDistance(unit(anchors[i]), unit(positives[i]));
        }
        return sum / anchors.length;
    }

    /**
     * {@code ln mean over pairs i < j of exp(-2 |f(x_i) - f(x_j)|^2)}: 0 if all coincide, near -4 for points all over a
     * sphere of many dimensions (source as for alignment, with t 2). Takes N (N - 1) / 2 distances: hand over a sample.
     */
    public static double uniformity(float[][] embeddings) {
        if (embeddings.length < 2) {
            throw new IllegalArgumentException(
                    "EmbeddingGeometry.uniformity: expected at least 2 rows, but found " + embeddings.length);
        }
        float[][] units = new float[embeddings.length][];
        for (int i = 0; i < units.length; i++) {
            units[i] = unit(embeddings[i]);
        }
        double sum = 0;
        for (int i = 1; i < units.length; i++) {
            for (int j = 0; j < i; j++) {
                sum += Math.exp(-2 * squaredDistance(units[i], units[j]));
            }
        }
        return Math.log(sum / (embeddings.length * (embeddings.length - 1.0) / 2));
    }

    /**
     * {@code exp(-sum_k p_k ln p_k)} with {@code p_k = sigma_k / sum sigma} over the singular values of the matrix as it
     * is, not centred: 1 if all rows are multiples of one, min(N, d) if every direction has equal weight (Roy and Vetterli,
     * "The effective rank", EUSIPCO 2007, definition 1).
     *
     * @return a number of at least 1, or 0 if every entry is 0
     */
    public static double effectiveRank(float[][] embeddings) {
        return effectiveRank(singularValues(embeddings));
    }

    /** The effective rank of a spectrum of singular values; see {@link #effectiveRank(float[][])}. */
    public static double effectiveRank(double[] singularValues) {
        double sum = 0;
        for (double value : singularValues) {
            sum += value;
        }
        double entropy = 0;
        for (double value : singularValues) {
            if (value > 0) {
                entropy -= value / sum * Math.log(value / sum);
            }
        }
        return sum == 0 ? 0 : Math.exp(entropy);
    }

    /**
     * The min(N, d) singular values of the matrix as it is, not centred, largest first: the square roots of the eigenvalues
     * of the smaller of X'X and XX'. What rounding leaves of a zero eigenvalue is 0.
     */
    public static double[] singularValues(float[][] embeddings) {
        if (embeddings.length == 0) {
            throw new IllegalArgumentException(
                    "EmbeddingGeometry.singularValues: expected at least one row, but found none");
        }
        double[] eigenvalues = SymmetricEigenvalues.of(gram(embeddings));
        double largest = 0;
        for (double eigenvalue : eigenvalues) {
            largest = Math.max(largest, eigenvalue);
        }
        double[] singular = new double[eigenvalues.length];
        for (int i = 0; i < singular.length; i++) {
            // What rounding leaves of a zero eigenvalue would look like a small singular value once the root is taken.
            boolean zero = eigenvalues[i] <= largest * eigenvalues.length * 0x1.0p-52;
            singular[i] = zero ? 0 : Math.sqrt(eigenvalues[i]);
        }
        Arrays.sort(singular);
        for (int i = 0; i < singular.length / 2; i++) {
            double small = singular[i];
            singular[i] = singular[singular.length - 1 - i];
            singular[singular.length - 1 - i] = small;
        }
        return singular;
    }

    private static double[][] gram(float[][] rows) {
        int n = rows.length;
        int d = rows[0].length;
        if (n <= d) {
            double[][] gram = new double[n][n];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i; j++) {
                    double sum = 0;
                    for (int k = 0; k < d; k++) {
                        sum += (double) rows[i][k] * rows[j][k];
                    }
                    gram[i][j] = sum;
                    gram[j][i] = sum;
                }
            }
            return gram;
        }
        double[][] gram = new double[d][d];
        for (float[] row : rows) {
            for (int i = 0; i < d; i++) {
                double[] line = gram[i];
                double value = row[i];
                for (int j = 0; j <= i; j++) {
                    line[j] += value * row[j];
                }
            }
        }
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < i; j++) {
                gram[j][i] = gram[i][j];
            }
        }
        return gram;
    }

    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.max(Math.sqrt(squares), 1e-12);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
