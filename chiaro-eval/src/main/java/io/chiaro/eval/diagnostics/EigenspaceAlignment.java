package io.chiaro.eval.diagnostics;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Whether a linear predictor W has the directions of what it is given (Tian, Chen and Ganguli, "Understanding self-supervised Learning
 * Dynamics without Contrastive Pairs", ICML 2021, section 3.2 and figure 3). With the eigenvectors v_j of the correlation of its
 * inputs, {@code F = mean f f^T}, that of the largest eigenvalue first,
 *
 * <pre>  cosine_j = cos(W F v_j, v_j) = cos(W v_j, v_j),   gain_j = |W v_j|</pre>
 *
 * <p>A cosine of 1 says that v_j is an eigenvector of W too, with a positive eigenvalue. Training without negatives brings both
 * together by itself; a predictor set in closed form has them together. Directions with less than a millionth of the largest
 * eigenvalue are left out: nothing tells their eigenvectors.
 *
 * @param eigenvalues of F, largest first, each divided by the largest
 * @param cosines one for each; 0 where W v_j is 0
 * @param gains one for each
 * @param mean of the cosines
 * @param weighted mean of the cosines, by eigenvalues
 */
@SuppressWarnings("ArrayRecordComponent")
public record EigenspaceAlignment(
        double[] eigenvalues, double[] cosines, double[] gains, double mean, double weighted) {

    private static final double LEAST = 1e-6;

    /**
     * Of a predictor and its inputs.
     *
     * @param predictor W, [d][d], so that a row f becomes W f
     * @param inputs f, [N][d], as they are
     */
    public static EigenspaceAlignment of(float[][] predictor, float[][] inputs) {
        UnitRows.expectRows("EigenspaceAlignment.of", inputs, 2);
        int d = inputs[0].length;
        if (predictor.length != d || Arrays.stream(predictor).anyMatch(row -> row.length != d)) {
            throw new IllegalArgumentException("EigenspaceAlignment.of: expected a predictor [" + d + ", " + d
                    + "] of inputs of width " + d + ", but found " + predictor.length + " rows");
        }
        double[][] correlation = new double[d][d];
        for (float[] row : inputs) {
            for (int i = 0; i < d; i++) {
                for (int j = 0; j < d; j++) {
                    correlation[i][j] += (double) row[i] * row[j] / inputs.length;
                }
            }
        }
        SymmetricDecomposition parts = SymmetricDecomposition.of(correlation);
        double[] values = parts.values();
        double largest = Arrays.stream(values).max().orElse(0);
        Integer[] order = new Integer[d];
        Arrays.setAll(order, j -> j);
        Arrays.sort(order, Comparator.comparingDouble(j -> -values[j]));
        int count = (int)
                Arrays.stream(values).filter(value -> value > LEAST * largest).count();
        double[] eigenvalues = new double[count];
        double[] cosines = new double[count];
        double[] gains = new double[count];
        double sum = 0;
        double weights = 0;
        for (int k = 0; k < count; k++) {
            double along = 0;
            double square = 0;
            for (int i = 0; i < d; i++) {
                double turned = 0;
                for (int j = 0; j < d; j++) {
                    turned += predictor[i][j] * parts.vectors()[j][order[k]];
                }
                along += turned * parts.vectors()[i][order[k]];
                square += turned * turned;
            }
            eigenvalues[k] = values[order[k]] / largest;
            gains[k] = Math.sqrt(square);
            cosines[k] = square == 0 ? 0 : along / gains[k];
            sum += eigenvalues[k] * cosines[k];
            weights += eigenvalues[k];
        }
        return new EigenspaceAlignment(
                eigenvalues,
                cosines,
                gains,
                Arrays.stream(cosines).average().orElse(0),
                weights == 0 ? 0 : sum / weights);
    }
}
