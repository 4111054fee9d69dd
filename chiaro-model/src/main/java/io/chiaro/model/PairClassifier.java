package io.chiaro.model;

import java.util.List;

/**
 * Sorts pairs of texts into classes, seeing both at once: entailed, contradicted or neither, for example.
 *
 * <p>Implementations say whether they may be used by several threads; the default is one thread at a time.
 */
public interface PairClassifier extends AutoCloseable {

    /** Two texts. */
    record Pair(String first, String second) {}

    /** The names of the classes, in the order of their logits. */
    List<String> classes();

    /**
     * A logit for each class of each pair; the largest belongs to the class, and their softmax are probabilities.
     *
     * @param pairs any number; what is too long loses tokens from the right, the longer text first
     * @return [pairs, classes]
     */
    float[][] logits(List<Pair> pairs);

    /** What model this is. */
    RerankerDescription description();

    @Override
    void close();

    /** The place of the largest logit, the first of equal ones. */
    static int largest(float[] logits) {
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        return best;
    }

    /** The probability of a class: its share of the softmax. */
    static double probability(float[] logits, int of) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - logits[of]);
        }
        return 1 / sum;
    }
}
