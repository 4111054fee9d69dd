package io.chiaro.eval;

import io.chiaro.model.TextVectors;

/**
 * What two simple classifiers make of frozen vectors: how well a class can be read off them.
 *
 * @param accuracy of logistic regression (L2, C 1, at most 50 iterations of L-BFGS) on features of mean zero and deviation one
 * @param neighbourAccuracy of the votes of the nearest
 */
public record ClassProbe(double accuracy, double neighbourAccuracy) {

    /** How neighbours vote unless told: twenty by cosine, one vote each. */
    public static final NeighbourVote VOTE = NeighbourVote.even(20);

    private static final double STRENGTH = 1;
    private static final int ITERATIONS = 50;

    /** Fits on one part and judges on another, with the usual vote. */
    public static ClassProbe of(float[][] train, int[] trainLabels, float[][] test, int[] testLabels, int classes) {
        return of(train, trainLabels, test, testLabels, classes, VOTE);
    }

    /**
     * Fits on one part and judges on another.
     *
     * @param train [n][d]
     * @param trainLabels from 0 to classes - 1
     * @param test [m][d]
     * @param testLabels from 0 to classes - 1
     * @param vote of neighbours, of rows of length one where it goes by cosine
     */
    public static ClassProbe of(
            float[][] train, int[] trainLabels, float[][] test, int[] testLabels, int classes, NeighbourVote vote) {
        Features features = Features.of(train);
        int[] told = LogisticProbe.fit(features.standard(train), trainLabels, classes, STRENGTH, ITERATIONS)
                .predict(features.standard(test));
        boolean units = vote.comparesUnits();
        int[] near = NeighbourProbe.predict(
                units ? units(train) : train, trainLabels, classes, units ? units(test) : test, vote);
        return new ClassProbe(share(told, testLabels), share(near, testLabels));
    }

    /** Mean and deviation of each feature over the part that is fitted on. */
    private record Features(double[] mean, double[] deviation) {

        static Features of(float[][] rows) {
            int width = rows[0].length;
            double[] mean = new double[width];
            double[] deviation = new double[width];
            for (float[] row : rows) {
                for (int k = 0; k < width; k++) {
                    mean[k] += row[k] / (double) rows.length;
                }
            }
            for (float[] row : rows) {
                for (int k = 0; k < width; k++) {
                    deviation[k] += (row[k] - mean[k]) * (row[k] - mean[k]) / rows.length;
                }
            }
            for (int k = 0; k < width; k++) {
                // A feature that never changes tells nothing, whatever it is divided by.
                deviation[k] = deviation[k] == 0 ? 1 : Math.sqrt(deviation[k]);
            }
            return new Features(mean, deviation);
        }

        float[][] standard(float[][] rows) {
            float[][] changed = new float[rows.length][mean.length];
            for (int i = 0; i < rows.length; i++) {
                for (int k = 0; k < mean.length; k++) {
                    changed[i][k] = (float) ((rows[i][k] - mean[k]) / deviation[k]);
                }
            }
            return changed;
        }
    }

    private static float[][] units(float[][] rows) {
        float[][] units = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            units[i] = rows[i].clone();
            TextVectors.normalize(units[i]);
        }
        return units;
    }

    private static double share(int[] told, int[] labels) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += told[i] == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }
}
