package io.chiaro.objective;

import static io.chiaro.objective.PlainFormulas.cosine;

import java.util.Arrays;

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

    /** Wu et al. (2022, CCP): negatives are the rows of the memory that have the anchor's label; a label without any is left out. */
    static double ownBank(Given x, double temperature) {
        double sum = 0;
        int counted = 0;
        for (int i = 0; i < x.items(); i++) {
            double own = Math.exp(cosine(x.views()[0][i], x.views()[1][i]) / temperature);
            double below = own;
            for (int m = 0; m < x.rowsOf("label-banks").length; m++) {
                if (x.rowsOf("bank-labels")[m][0] == x.labels()[i]) {
                    below += Math.exp(cosine(x.views()[0][i], x.rowsOf("label-banks")[m]) / temperature);
                }
            }
            if (below > own) {
                sum -= Math.log(own / below);
                counted++;
            }
        }
        return sum / counted;
    }

    private static double[] cosines(Given x) {
        double[] cosines = new double[x.items()];
        Arrays.setAll(cosines, i -> cosine(x.views()[0][i], x.views()[1][i]));
        return cosines;
    }

    /** One less Pearson's correlation of cosines and scores. */
    static double pearson(Given x) {
        double[] c = cosines(x);
        double[] y = x.targets();
        double meanC = Arrays.stream(c).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double together = 0;
        double ofC = 0;
        double ofY = 0;
        for (int i = 0; i < c.length; i++) {
            together += (c[i] - meanC) * (y[i] - meanY);
            ofC += (c[i] - meanC) * (c[i] - meanC);
            ofY += (y[i] - meanY) * (y[i] - meanY);
        }
        return 1 - together / Math.sqrt(ofC * ofY);
    }

    /** Of sorted scores, each at the mean place of those that equal it; then the divergence between two softmaxes, over n. */
    static double rankDistribution(Given x, double temperature) {
        double[] c = cosines(x);
        int n = c.length;
        double[] sorted = x.targets().clone();
        Arrays.sort(sorted);
        double[] z = new double[n];
        for (int i = 0; i < n; i++) {
            int first = 0;
            while (sorted[first] != x.targets()[i]) {
                first++;
            }
            int last = n - 1;
            while (sorted[last] != x.targets()[i]) {
                last--;
            }
            z[i] = (first + last) / 2.0 / (n - 1);
        }
        double allP = 0;
        double allQ = 0;
        for (int i = 0; i < n; i++) {
            allP += Math.exp(z[i] / temperature);
            allQ += Math.exp(c[i] / temperature);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double p = Math.exp(z[i] / temperature) / allP;
            double q = Math.exp(c[i] / temperature) / allQ;
            sum += p * Math.log(p / q);
        }
        return sum / n;
    }

    /** Pair i against those of a lower score, each by how much lower it is. */
    static double preferenceRanking(Given x, double temperature) {
        double[] c = cosines(x);
        double[] y = x.targets();
        double sum = 0;
        int counted = 0;
        for (int i = 0; i < c.length; i++) {
            double most = 0;
            double below = 0;
            for (int j = 0; j < c.length; j++) {
                if (y[j] < y[i]) {
                    most = Math.max(most, y[i] - y[j]);
                    below += Math.exp((y[i] - y[j]) * c[j] / temperature);
                }
            }
            if (most > 0) {
                double own = Math.exp(most * c[i] / temperature);
                sum -= Math.log(own / (own + below));
                counted++;
            }
        }
        return sum / counted;
    }
}
