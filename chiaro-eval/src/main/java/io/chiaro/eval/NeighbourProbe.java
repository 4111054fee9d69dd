package io.chiaro.eval;

import java.util.Arrays;

/**
 * Predicts the label of a row from its k nearest labelled rows, by the votes of a {@link NeighbourVote}. Of labels with equal
 * votes the one whose nearest voter is nearer wins; of equally near rows the earlier one is taken.
 */
final class NeighbourProbe {

    private NeighbourProbe() {}

    /** The labels of all rows of a part. Where a vote goes by cosine, rows are of length one. */
    static int[] predict(float[][] train, int[] labels, int classes, float[][] test, NeighbourVote vote) {
        int[] predicted = new int[test.length];
        Arrays.parallelSetAll(predicted, i -> predict(train, labels, classes, test[i], vote));
        return predicted;
    }

    private static int predict(float[][] train, int[] labels, int classes, float[] vector, NeighbourVote vote) {
        int k = Math.min(vote.neighbours(), train.length);
        double[] nearest = new double[k];
        int[] index = new int[k];
        int size = 0;
        for (int j = 0; j < train.length; j++) {
            double nearness = vote.nearness(vector, train[j]);
            if (size == k && nearness <= nearest[k - 1]) {
                continue;
            }
            int at = size < k ? size++ : k - 1;
            while (at > 0 && nearest[at - 1] < nearness) {
                nearest[at] = nearest[at - 1];
                index[at] = index[at - 1];
                at--;
            }
            nearest[at] = nearness;
            index[at] = j;
        }
        double[] votes = new double[classes];
        for (int j = 0; j < size; j++) {
            votes[labels[index[j]]] += vote.weight(nearest[j], nearest[0]);
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
