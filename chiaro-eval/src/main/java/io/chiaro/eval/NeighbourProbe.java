package io.chiaro.eval;

import io.chiaro.model.TextVectors;
import java.util.Arrays;

/**
 * Predicts the label of a text from its k nearest labelled texts by cosine, one vote each. Of labels with equal votes the
 * one whose nearest voter is nearer wins; of equally near texts the earlier one is taken.
 */
final class NeighbourProbe {

    private NeighbourProbe() {}

    static int[] predict(float[][] train, int[] labels, int classes, float[][] test, int neighbours) {
        int k = Math.min(neighbours, train.length);
        int[] predicted = new int[test.length];
        Arrays.parallelSetAll(predicted, i -> predict(train, labels, classes, test[i], k));
        return predicted;
    }

    private static int predict(float[][] train, int[] labels, int classes, float[] vector, int k) {
        double[] nearest = new double[k];
        int[] index = new int[k];
        int size = 0;
        for (int j = 0; j < train.length; j++) {
            double similarity = TextVectors.dot(vector, train[j]);
            if (size == k && similarity <= nearest[k - 1]) {
                continue;
            }
            int at = size < k ? size++ : k - 1;
            while (at > 0 && nearest[at - 1] < similarity) {
                nearest[at] = nearest[at - 1];
                index[at] = index[at - 1];
                at--;
            }
            nearest[at] = similarity;
            index[at] = j;
        }
        int[] votes = new int[classes];
        for (int j = 0; j < size; j++) {
            votes[labels[index[j]]]++;
        }
        int winner = labels[index[0]];
        for (int j = 0; j < size; j++) {
            if (votes[labels[index[j]]] > votes[winner]) {
                winner = labels[index[j]];
            }
        }
        return winner;
    }
}
