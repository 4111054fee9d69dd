package io.chiaro.objective;

import static io.chiaro.objective.PlainFormulas.cosine;

/** Formulas of embeddings of sentences, written out as loops. */
final class PlainSentences {

    private PlainSentences() {}

    /** Wu et al. (2022), section 3.2: the denominator has the positives of the batch and the queue. */
    static double batchAndQueue(Given x, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] anchor = x.views()[0][i];
            double below = 0;
            for (double[] positive : x.views()[1]) {
                below += Math.exp(cosine(anchor, positive) / temperature);
            }
            for (double[] earlier : x.rowsOf("queue")) {
                below += Math.exp(cosine(anchor, earlier) / temperature);
            }
            sum += Math.log(below) - cosine(anchor, x.views()[1][i]) / temperature;
        }
        return sum / x.items();
    }

    /** Gao et al. (2021), eq. 4, which is the contrast of DiffCSE. */
    static double inBatch(Given x, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double below = 0;
            for (double[] positive : x.views()[1]) {
                below += Math.exp(cosine(x.views()[0][i], positive) / temperature);
            }
            sum -= Math.log(Math.exp(cosine(x.views()[0][i], x.views()[1][i]) / temperature) / below);
        }
        return sum / x.items();
    }

    /** Jiang et al. (2022), section 3.2: views from the third on are hard negatives, of every anchor. */
    static double energyHinge(Given x, double temperature, double margin, double weight) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] anchor = x.views()[0][i];
            double own = cosine(anchor, x.views()[1][i]);
            double below = 0;
            double offending = -1;
            for (int v = 1; v < x.views().length; v++) {
                for (int k = 0; k < x.items(); k++) {
                    double cosine = cosine(anchor, x.views()[v][k]);
                    below += Math.exp(cosine / temperature);
                    if (v > 1 || k != i) {
                        offending = Math.max(offending, cosine);
                    }
                }
            }
            sum += Math.log(below) - own / temperature + weight * Math.max(0, margin + offending - own);
        }
        return sum / x.items();
    }

    /** Zhou et al. (2022), sections 3.2 and 3.3: an item that a guide holds to be as near as a threshold is no negative. */
    static double weightedNoise(Given x, double threshold) {
        return PlainPapers.noiseNegatives(
                x, 0.05, 1, 4, 0.5, (i, k) -> cosine(x.guide(0, i), x.guide(1, k)) < threshold);
    }
}
