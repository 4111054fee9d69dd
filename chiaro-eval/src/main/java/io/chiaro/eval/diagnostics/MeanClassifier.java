package io.chiaro.eval.diagnostics;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a contrast promises to a classifier (Arora et al., "A theoretical analysis of contrastive unsupervised representation
 * learning", ICML 2019). With latent classes of frequency {@code rho_c}, class means {@code m_c} and the logistic loss
 * {@code l(v) = ln(1 + e^-v)} on cosines divided by a temperature,
 *
 * <pre>  collision   = sum_c rho_c^2, the chance that a negative is of the anchor's class (section 4)
 *  contrastive = E l(z . (z+ - z-) / tau), z and z+ of one class, z- of any (definition 2.3, k = 1)
 *  supervised  = E over c != c' and z of c of l(z . (m_c - m_c') / tau), the mean classifier on two classes (definition 2.4)
 *  bound       = (contrastive - collision ln 2) / (1 - collision) &gt;= supervised (lemma 4.3)</pre>
 *
 * <p>The rows at hand are the whole population here: a row may be its own positive, and the bound holds exactly. A large
 * distance between bound and supervised says that classes are wide: the contrast works on what no classifier needs.
 *
 * @param collision from 1 / classes to 1
 * @param contrastive the unsupervised loss with one negative
 * @param supervised the loss of the mean classifier; NaN if there is one class
 * @param bound what the contrastive loss allows it at most; NaN if there is one class
 * @param accuracy share of rows that have a larger cosine with the mean of their class than with any other
 */
public record MeanClassifier(double collision, double contrastive, double supervised, double bound, double accuracy) {

    /**
     * Of vectors [N, d] with a label each; takes N times the sum of squared class sizes.
     *
     * @param temperature greater than 0
     */
    public static MeanClassifier of(float[][] vectors, int[] labels, double temperature) {
        List<int[]> members = ClassMembers.of("MeanClassifier.of", vectors, labels);
        if (!(temperature > 0)) {
            throw new IllegalArgumentException(
                    "MeanClassifier.of: expected a temperature above 0, but found " + temperature);
        }
        UnitRows rows = UnitRows.of("MeanClassifier.of", vectors);
        int n = rows.size();
        double[][] scores = new double[n][n];
        IntStream.range(0, n).parallel().forEach(i -> {
            for (int j = 0; j < n; j++) {
                scores[i][j] = rows.cosine(i, j) / temperature;
            }
        });
        double[] contrasts = new double[n];
        double[] losses = new double[n];
        boolean[] right = new boolean[n];
        double collision = 0;
        for (int[] own : members) {
            collision += (double) own.length / n * own.length / n;
        }
        for (int c = 0; c < members.size(); c++) {
            int of = c;
            int[] own = members.get(c);
            IntStream.range(0, own.length).parallel().forEach(at -> {
                int i = own[at];
                double contrast = 0;
                for (int positive : own) {
                    for (int negative = 0; negative < n; negative++) {
                        contrast += logistic(scores[i][positive] - scores[i][negative]);
                    }
                }
                contrasts[i] = contrast / own.length / n;
                double toOwn = mean(scores[i], own);
                double farthest = Double.NEGATIVE_INFINITY;
                for (int other = 0; other < members.size(); other++) {
                    if (other != of) {
                        double toOther = mean(scores[i], members.get(other));
                        losses[i] += logistic(toOwn - toOther) * members.get(other).length / n;
                        farthest = Math.max(farthest, toOther);
                    }
                }
                right[i] = toOwn > farthest;
            });
        }
        double contrastive = Arrays.stream(contrasts).sum() / n;
        int told = 0;
        for (boolean one : right) {
            told += one ? 1 : 0;
        }
        if (members.size() == 1) {
            return new MeanClassifier(1, contrastive, Double.NaN, Double.NaN, 1);
        }
        return new MeanClassifier(
                collision,
                contrastive,
                Arrays.stream(losses).sum() / n / (1 - collision),
                (contrastive - collision * Math.log(2)) / (1 - collision),
                (double) told / n);
    }

    /** The chance that one of k negatives or more is of the anchor's class: {@code sum_c rho_c (1 - (1 - rho_c)^k)}. */
    public static double collisionRate(int[] labels, int negatives) {
        double rate = 0;
        for (int[] own : ClassMembers.of(labels)) {
            double share = (double) own.length / labels.length;
            rate += share * (1 - Math.pow(1 - share, negatives));
        }
        return rate;
    }

    private static double mean(double[] scores, int[] places) {
        double sum = 0;
        for (int place : places) {
            sum += scores[place];
        }
        return sum / places.length;
    }

    private static double logistic(double value) {
        return value > 0 ? Math.log1p(Math.exp(-value)) : Math.log1p(Math.exp(value)) - value;
    }
}
