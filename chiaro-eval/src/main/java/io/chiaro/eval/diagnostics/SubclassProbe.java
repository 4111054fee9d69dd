package io.chiaro.eval.diagnostics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Class collapse: whether embeddings that were taught coarse classes still tell the kinds within a class. A
 * {@link LabelProbe} is asked for the finer label among the rows of each class alone, so that knowing the class does not
 * help (Xue et al., "Which features are learnt by contrastive learning?", ICML 2023, section 4: a supervised contrast that
 * collapses loses them).
 *
 * @param classes coarse classes with at least two kinds and {@value #FEWEST} rows; only these count
 * @param accuracy share of their rows whose kind was told rightly
 * @param majority share that the most frequent kind of each class would earn
 * @param kept {@code (accuracy - majority) / (1 - majority)}: 1 if all is kept, 0 for collapse; NaN without such a class
 */
public record SubclassProbe(int classes, double accuracy, double majority, double kept) {

    static final int FEWEST = 20;

    /** Whether the finer labels are kinds of the coarse ones: no kind lies in two classes, and some class has two. */
    public static boolean refines(int[] coarse, int[] fine) {
        Map<Integer, Integer> home = new HashMap<>();
        for (int i = 0; i < coarse.length; i++) {
            Integer known = home.putIfAbsent(fine[i], coarse[i]);
            if (known != null && known != coarse[i]) {
                return false;
            }
        }
        return home.size() > home.values().stream().distinct().count();
    }

    /**
     * Of vectors [N, d].
     *
     * @param coarse the class of each row
     * @param fine the kind of each row
     * @param seed which rows are judged together
     */
    public static SubclassProbe of(float[][] vectors, int[] coarse, int[] fine, long seed) {
        List<int[]> members = ClassMembers.of("SubclassProbe.of", vectors, coarse);
        int counted = 0;
        int rows = 0;
        double right = 0;
        double guessed = 0;
        for (int[] own : members) {
            float[][] vectorsOfClass = new float[own.length][];
            int[] kinds = new int[own.length];
            for (int i = 0; i < own.length; i++) {
                vectorsOfClass[i] = vectors[own[i]];
                kinds[i] = fine[own[i]];
            }
            if (own.length < FEWEST || ClassMembers.of(kinds).size() < 2) {
                continue;
            }
            LabelProbe probe = LabelProbe.of(vectorsOfClass, kinds, seed);
            right += probe.accuracy() * own.length;
            guessed += probe.majority() * own.length;
            rows += own.length;
            counted++;
        }
        if (rows == 0) {
            return new SubclassProbe(0, Double.NaN, Double.NaN, Double.NaN);
        }
        double accuracy = right / rows;
        double majority = guessed / rows;
        return new SubclassProbe(counted, accuracy, majority, (accuracy - majority) / (1 - majority));
    }
}
