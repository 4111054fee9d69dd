package io.chiaro.eval.diagnostics;

/**
 * What two ways to learn from the same scores do with an anchor, taken apart into weight and direction (after Dai et al.,
 * "Supervised fine-tuning or contrastive learning?", 2025, who do it for the yes and no of a language model; here the score
 * is a cosine {@code s} over a temperature). Both updates of an anchor are a weighted sum of its candidates,
 *
 * <pre>  update = w+ z+ - sum_j w_j z_j
 *  contrastive:   w+ = 1 - q+,  w_j = q_j,  q the softmax over all candidates' s / tau
 *  cross-entropy: w+ = 1 - g(s+), w_j = g(s_j),  g(s) = 1 / (1 + exp(-(s - b) / tau))</pre>
 *
 * with the threshold b halfway between the mean positive and the mean negative score. Weights say how strongly an item
 * pulls, the direction where to. A contrast weighs the positive as much as all negatives together; cross-entropy judges
 * each pair alone.
 *
 * @param contrastive mean weights of the contrast
 * @param crossEntropy mean weights of cross-entropy
 * @param agreement mean cosine of both updates of an anchor: 1 if they differ in size alone
 * @param threshold b
 */
public record UpdateDecomposition(Weights contrastive, Weights crossEntropy, double agreement, double threshold) {

    /**
     * Means over anchors.
     *
     * @param positive weight of the positive
     * @param negatives weight of all negatives together
     * @param hardest weight of the heaviest negative
     */
    public record Weights(double positive, double negatives, double hardest) {}

    /**
     * Of pairs [N, d], N at least 2: the candidates of an anchor are all second rows, its own is the positive.
     *
     * @param temperature greater than 0
     */
    public static UpdateDecomposition of(float[][] anchors, float[][] positives, double temperature) {
        UnitRows.expectPaired("UpdateDecomposition.of", anchors, positives);
        UnitRows.expectRows("UpdateDecomposition.of", anchors, 2);
        if (!(temperature > 0)) {
            throw new IllegalArgumentException(
                    "UpdateDecomposition.of: expected a temperature above 0, but found " + temperature);
        }
        UnitRows first = UnitRows.of("UpdateDecomposition.of", anchors);
        UnitRows second = UnitRows.of("UpdateDecomposition.of", positives);
        int n = first.size();
        double[][] scores = new double[n][n];
        double own = 0;
        double others = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                scores[i][j] = first.cosine(i, second, j);
                own += i == j ? scores[i][j] / n : 0;
                others += i == j ? 0 : scores[i][j] / ((double) n * (n - 1));
            }
        }
        double threshold = (own + others) / 2;
        double[] contrast = new double[3];
        double[] entropy = new double[3];
        double agreement = 0;
        for (int i = 0; i < n; i++) {
            double[] softmax = softmax(scores[i], temperature);
            double[] logistic = new double[n];
            for (int j = 0; j < n; j++) {
                logistic[j] = 1 / (1 + Math.exp(-(scores[i][j] - threshold) / temperature));
            }
            double[] one = update(second, softmax, i, contrast, n);
            double[] two = update(second, logistic, i, entropy, n);
            double lengths = UnitRows.length(one) * UnitRows.length(two);
            agreement += lengths == 0 ? 0 : UnitRows.dot(one, two) / lengths / n;
        }
        return new UpdateDecomposition(
                new Weights(contrast[0], contrast[1], contrast[2]),
                new Weights(entropy[0], entropy[1], entropy[2]),
                agreement,
                threshold);
    }

    private static double[] softmax(double[] scores, double temperature) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            largest = Math.max(largest, score);
        }
        double[] shares = new double[scores.length];
        double sum = 0;
        for (int j = 0; j < shares.length; j++) {
            shares[j] = Math.exp((scores[j] - largest) / temperature);
            sum += shares[j];
        }
        for (int j = 0; j < shares.length; j++) {
            shares[j] /= sum;
        }
        return shares;
    }

    /** The update of anchor i from what is believed of its candidates; its weights are added to the means. */
    private static double[] update(UnitRows candidates, double[] believed, int i, double[] means, int n) {
        double[] update = new double[candidates.width()];
        double negatives = 0;
        double hardest = 0;
        for (int j = 0; j < believed.length; j++) {
            double weight = j == i ? 1 - believed[j] : -believed[j];
            for (int k = 0; k < update.length; k++) {
                update[k] += weight * candidates.row(j)[k];
            }
            if (j != i) {
                negatives += believed[j];
                hardest = Math.max(hardest, believed[j]);
            }
        }
        means[0] += (1 - believed[i]) / n;
        means[1] += negatives / n;
        means[2] += hardest / n;
        return update;
    }
}
