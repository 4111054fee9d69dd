package io.chiaro.eval.diagnostics;

import io.chiaro.core.RandomStream;
import io.chiaro.eval.LogisticProbe;

/**
 * Whether a property can be read off embeddings by a straight cut: logistic regression, fitted and judged on different rows
 * by turns ({@value #FOLDS} parts, each judged once). Asked for an easy property and for a hard one it tells which of them
 * the encoder kept: feature suppression is a hard one near 0 while the easy one is near 1 (Chen, Luo and Li, "Intriguing
 * properties of contrastive losses", NeurIPS 2021; Xue et al., "Which features are learnt by contrastive learning?", ICML
 * 2023, section 5).
 *
 * <pre>  kept = (accuracy - majority) / (1 - majority)</pre>
 *
 * @param classes different labels
 * @param accuracy share of rows whose label was told rightly
 * @param majority share of the most frequent label, what a guess without embeddings earns
 * @param kept 1 for all, 0 for none; NaN if there is one label
 */
public record LabelProbe(int classes, double accuracy, double majority, double kept) {

    static final int FOLDS = 5;
    private static final double STRENGTH = 10;
    private static final int ITERATIONS = 40;

    /**
     * Of vectors [N, d] with a label each, N at least {@value #FOLDS}. The vectors are divided by their lengths.
     *
     * @param seed which rows are judged together
     */
    public static LabelProbe of(float[][] vectors, int[] labels, long seed) {
        int classes = ClassMembers.of("LabelProbe.of", vectors, labels).size();
        UnitRows.expectRows("LabelProbe.of", vectors, FOLDS);
        int n = vectors.length;
        int[] numbers = ClassMembers.numbered(labels);
        int[] counts = new int[classes];
        int largest = 0;
        for (int number : numbers) {
            largest = Math.max(largest, ++counts[number]);
        }
        double majority = (double) largest / n;
        if (classes == 1) {
            return new LabelProbe(1, 1, 1, Double.NaN);
        }
        float[][] units = units(vectors);
        int[] order = RandomStream.of(seed, "label-probe").permutation(n);
        int right = 0;
        for (int fold = 0; fold < FOLDS; fold++) {
            int from = n * fold / FOLDS;
            int to = n * (fold + 1) / FOLDS;
            float[][] train = new float[n - (to - from)][];
            int[] trainLabels = new int[train.length];
            float[][] test = new float[to - from][];
            int[] truth = new int[test.length];
            for (int i = 0, at = 0; i < n; i++) {
                if (i >= from && i < to) {
                    test[i - from] = units[order[i]];
                    truth[i - from] = numbers[order[i]];
                } else {
                    train[at] = units[order[i]];
                    trainLabels[at++] = numbers[order[i]];
                }
            }
            int[] told = LogisticProbe.fit(train, trainLabels, classes, STRENGTH, ITERATIONS)
                    .predict(test);
            for (int i = 0; i < told.length; i++) {
                right += told[i] == truth[i] ? 1 : 0;
            }
        }
        double accuracy = (double) right / n;
        return new LabelProbe(classes, accuracy, majority, (accuracy - majority) / (1 - majority));
    }

    /** The weights of a probe fitted to all rows, a row for each class in the order of the labels, for NC3. */
    public static double[][] weights(float[][] vectors, int[] labels) {
        int classes = ClassMembers.of("LabelProbe.weights", vectors, labels).size();
        return LogisticProbe.fit(units(vectors), ClassMembers.numbered(labels), classes, STRENGTH, ITERATIONS)
                .weights();
    }

    private static float[][] units(float[][] vectors) {
        UnitRows rows = UnitRows.of("LabelProbe", vectors);
        float[][] units = new float[vectors.length][rows.width()];
        for (int i = 0; i < units.length; i++) {
            for (int k = 0; k < rows.width(); k++) {
                units[i][k] = (float) rows.row(i)[k];
            }
        }
        return units;
    }
}
