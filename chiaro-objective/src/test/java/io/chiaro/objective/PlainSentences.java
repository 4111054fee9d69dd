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
}
