package io.chiaro.eval.diagnostics;

import io.chiaro.core.RandomStream;
import java.util.stream.IntStream;

/**
 * How much of one space can be read off another by a linear map: what the map cannot give back was lost on the way
 * (embedding reconstruction of Li et al., "Lost in embeddings", Findings of EMNLP 2025; there with a trained network, here
 * with ridge regression, which has one solution). Fitted on half of the items, judged on the others:
 *
 * <pre>  W = argmin sum over fitted i of |a_i - m_a - W (b_i - m_b)|^2 + r |W|^2
 *  loss = sum over judged i of |a_i - m_a - W (b_i - m_b)|^2 / sum over judged i of |a_i - m_a|^2</pre>
 *
 * <p>0 if everything can be read off, 1 if the mean of the fitted half is as good a guess, above 1 if it is better.
 * {@code r} is {@value #RIDGE} times the mean variance of a direction of b, times the number of fitted items.
 *
 * @param loss of the judged half
 * @param fitted how many items the map was fitted to
 */
public record ReconstructionLoss(double loss, int fitted) {

    static final double RIDGE = 1e-3;

    /**
     * Of the target rows [N, d] and the same items in the space that they are read off, [N, e]; N at least 4.
     *
     * @param seed which items are fitted
     */
    public static ReconstructionLoss of(float[][] target, float[][] source, long seed) {
        UnitRows.expectPaired("ReconstructionLoss.of", target, source);
        UnitRows.expectRows("ReconstructionLoss.of", target, 4);
        int n = target.length;
        int[] order = RandomStream.of(seed, "reconstruction").permutation(n);
        int fitted = n / 2;
        double[] meanA = mean(target, order, fitted);
        double[] meanB = mean(source, order, fitted);
        int e = meanB.length;
        int d = meanA.length;
        double[][] gram = new double[e][e];
        double[][] right = new double[e][d];
        for (int f = 0; f < fitted; f++) {
            double[] b = centred(source[order[f]], meanB);
            double[] a = centred(target[order[f]], meanA);
            IntStream.range(0, e).parallel().forEach(i -> {
                for (int j = 0; j <= i; j++) {
                    gram[i][j] += b[i] * b[j];
                }
                for (int k = 0; k < d; k++) {
                    right[i][k] += b[i] * a[k];
                }
            });
        }
        double trace = 0;
        for (int i = 0; i < e; i++) {
            trace += gram[i][i];
        }
        for (int i = 0; i < e; i++) {
            // Without any variance the map is zero, and the smallest ridge keeps the division possible.
            gram[i][i] += Math.max(RIDGE * trace / e, Double.MIN_NORMAL);
        }
        solve(gram, right);
        double lost = 0;
        double all = 0;
        for (int f = fitted; f < n; f++) {
            double[] b = centred(source[order[f]], meanB);
            double[] a = centred(target[order[f]], meanA);
            double[] guess = new double[d];
            for (int i = 0; i < e; i++) {
                for (int k = 0; k < d; k++) {
                    guess[k] += b[i] * right[i][k];
                }
            }
            double[] rest = UnitRows.minus(a, guess);
            lost += UnitRows.dot(rest, rest);
            all += UnitRows.dot(a, a);
        }
        return new ReconstructionLoss(all == 0 ? 0 : lost / all, fitted);
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

    private static double[] mean(float[][] rows, int[] order, int count) {
        double[] mean = new double[rows[0].length];
        for (int f = 0; f < count; f++) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += rows[order[f]][k] / (double) count;
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
