package io.chiaro.eval.diagnostics;

import io.chiaro.core.RandomStream;
import java.util.stream.IntStream;

/**
 * How much of one space can be read off another by a linear map: what the map cannot give back was lost on the way
 * (embedding reconstruction of Li et al., "Lost in embeddings", Findings of EMNLP 2025; there with a trained network, here
 * with ridge regression, which has one solution). Fitted on half of the items, judged on the others:
 *
 * <pre>  W = argmin sum over fitted i of |a_i - m_a - W (b_i - m_b)|^2 + r v |W|^2
 *  loss = sum over judged i of |a_i - m_a - W (b_i - m_b)|^2 / sum over judged i of |a_i - m_a|^2</pre>
 *
 * <p>0 if everything can be read off, 1 if the mean of the fitted half is as good a guess. {@code v} is the mean over
 * directions of {@code sum over fitted i of (b_i - m_b)^2}; r is the one of 1e-6, 1e-3, 0.01, 0.1, 1 and 10 that, fitted on
 * four fifths of the half, does best on its last fifth. With fewer items than directions the map is guessed from too little,
 * and the loss is an upper bound of what was lost.
 *
 * @param loss of the judged half
 * @param ridge r
 * @param fitted how many items the map was fitted to
 */
public record ReconstructionLoss(double loss, double ridge, int fitted) {

    private static final double[] RIDGES = {1e-6, 1e-3, 0.01, 0.1, 1, 10};

    /**
     * Of the target rows [N, d] and the same items in the space that they are read off, [N, e]; N at least 4.
     *
     * @param seed which items are fitted
     */
    public static ReconstructionLoss of(float[][] target, float[][] source, long seed) {
        UnitRows.expectPaired("ReconstructionLoss.of", target, source);
        UnitRows.expectRows("ReconstructionLoss.of", target, 4);
        int[] order = RandomStream.of(seed, "reconstruction").permutation(target.length);
        float[][] a = new float[target.length][];
        float[][] b = new float[target.length][];
        for (int i = 0; i < order.length; i++) {
            a[i] = target[order[i]];
            b[i] = source[order[i]];
        }
        int fitted = a.length / 2;
        int chosenOn = Math.min(fitted - 1, fitted * 4 / 5);
        double best = RIDGES[0];
        double least = Double.POSITIVE_INFINITY;
        for (double ridge : RIDGES) {
            double loss = LinearMap.fit(a, b, chosenOn, ridge).loss(a, b, chosenOn, fitted);
            if (loss < least) {
                least = loss;
                best = ridge;
            }
        }
        return new ReconstructionLoss(LinearMap.fit(a, b, fitted, best).loss(a, b, fitted, a.length), best, fitted);
    }

    /** From rows b to rows a; {@code weights} is the transpose of W, [e][d]. */
    @SuppressWarnings("ArrayRecordComponent")
    private record LinearMap(double[] meanA, double[] meanB, double[][] weights) {

        /** Fits the first rows. */
        static LinearMap fit(float[][] target, float[][] source, int rows, double ridge) {
            double[] meanA = mean(target, rows);
            double[] meanB = mean(source, rows);
            int e = meanB.length;
            int d = meanA.length;
            double[][] gram = new double[e][e];
            double[][] right = new double[e][d];
            double[][] a = new double[rows][];
            double[][] b = new double[rows][];
            for (int f = 0; f < rows; f++) {
                a[f] = centred(target[f], meanA);
                b[f] = centred(source[f], meanB);
            }
            IntStream.range(0, e).parallel().forEach(i -> {
                for (int f = 0; f < rows; f++) {
                    double value = b[f][i];
                    for (int j = 0; j <= i; j++) {
                        gram[i][j] += value * b[f][j];
                    }
                    for (int k = 0; k < d; k++) {
                        right[i][k] += value * a[f][k];
                    }
                }
            });
            double trace = 0;
            for (int i = 0; i < e; i++) {
                trace += gram[i][i];
            }
            for (int i = 0; i < e; i++) {
                // Without any variance the map is zero, and the smallest ridge keeps the division possible.
                gram[i][i] += Math.max(ridge * trace / e, Double.MIN_NORMAL);
            }
            solve(gram, right);
            return new LinearMap(meanA, meanB, right);
        }

        /** What is left of some rows, against what the mean leaves of them. */
        double loss(float[][] target, float[][] source, int from, int to) {
            double lost = 0;
            double all = 0;
            for (int f = from; f < to; f++) {
                double[] b = centred(source[f], meanB);
                double[] a = centred(target[f], meanA);
                double[] guess = new double[a.length];
                for (int i = 0; i < b.length; i++) {
                    for (int k = 0; k < a.length; k++) {
                        guess[k] += b[i] * weights[i][k];
                    }
                }
                double[] rest = UnitRows.minus(a, guess);
                lost += UnitRows.dot(rest, rest);
                all += UnitRows.dot(a, a);
            }
            return all == 0 ? 0 : lost / all;
        }
    }

    /** Solves G X = R in place for a symmetric positive definite G, by Cholesky's factor of its lower triangle. */
    private static void solve(double[][] g, double[][] r) {
        int n = g.length;
        for (int j = 0; j < n; j++) {
            for (int k = 0; k < j; k++) {
                g[j][j] -= g[j][k] * g[j][k];
            }
            g[j][j] = Math.sqrt(g[j][j]);
            int column = j;
            IntStream.range(j + 1, n).parallel().forEach(i -> {
                double sum = g[i][column];
                for (int k = 0; k < column; k++) {
                    sum -= g[i][k] * g[column][k];
                }
                g[i][column] = sum / g[column][column];
            });
        }
        IntStream.range(0, r[0].length).parallel().forEach(c -> {
            for (int i = 0; i < n; i++) {
                double sum = r[i][c];
                for (int k = 0; k < i; k++) {
                    sum -= g[i][k] * r[k][c];
                }
                r[i][c] = sum / g[i][i];
            }
            for (int i = n - 1; i >= 0; i--) {
                double sum = r[i][c];
                for (int k = i + 1; k < n; k++) {
                    sum -= g[k][i] * r[k][c];
                }
                r[i][c] = sum / g[i][i];
            }
        });
    }

    private static double[] mean(float[][] rows, int count) {
        double[] mean = new double[rows[0].length];
        for (int f = 0; f < count; f++) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += rows[f][k] / (double) count;
            }
        }
        return mean;
    }

    private static double[] centred(float[] row, double[] mean) {
        double[] centred = new double[row.length];
        for (int k = 0; k < row.length; k++) {
            centred[k] = row[k] - mean[k];
        }
        return centred;
    }
}
