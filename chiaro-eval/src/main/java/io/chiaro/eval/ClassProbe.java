package io.chiaro.eval;

/**
 * What two simple classifiers make of frozen vectors: how well a class can be read off them.
 *
 * @param accuracy of logistic regression (L2, C 1, at most 100 iterations of L-BFGS) on vectors of length one
 * @param neighbourAccuracy of the majority of the nearest by cosine
 */
public record ClassProbe(double accuracy, double neighbourAccuracy) {

    /** Neighbours that vote. */
    public static final int NEIGHBOURS = 20;

    private static final double STRENGTH = 1;
    private static final int ITERATIONS = 100;

    /**
     * Fits on one part and judges on another.
     *
     * @param train [n][d]
     * @param trainLabels from 0 to classes - 1
     * @param test [m][d]
     * @param testLabels from 0 to classes - 1
     */
    public static ClassProbe of(
            float[][] train, int[] trainLabels, float[][] test, int[] testLabels, int classes) {
        float[][] fitted = Rows.normalized(train);
        float[][] judged = Rows.normalized(test);
        int[] told = LogisticProbe.fit(fitted, trainLabels, classes, STRENGTH, ITERATIONS)
                .predict(judged);
        int[] near = NeighbourProbe.predict(fitted, trainLabels, classes, judged, NEIGHBOURS);
        return new ClassProbe(share(told, testLabels), share(near, testLabels));
    }

    private static double share(int[] told, int[] labels) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += told[i] == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }
}
