package io.chiaro.eval.diagnostics;

import io.chiaro.core.RandomStream;
import java.util.List;

/**
 * The contrastive loss on pairs that a model learned from and on pairs that it did not, by the number k of negatives:
 *
 * <pre>  loss(k) = mean over i and draws of ln(1 + sum over k negatives j of exp((s_ij - s_ii) / tau)),   gap(k) = unseen - seen</pre>
 *
 * <p>The first bounds on this gap grow in proportion to k (Arora et al., ICML 2019); Lei et al., "Generalization analysis
 * for contrastive representation learning" (ICML 2023) show bounds that grow with its logarithm alone. Both bounds hold
 * constants of a class of functions that no trained model comes with, so what stands beside a gap is how far each of them
 * lets it grow, from the first k on:
 *
 * <pre>  linear(k) = k / k_1,   logarithmic(k) = (1 + ln k) / (1 + ln k_1)</pre>
 *
 * @param negatives k
 * @param seen loss on what was learned from
 * @param unseen loss on what was not
 * @param linearGrowth factor over the first gap that the first bounds allow
 * @param logarithmicGrowth factor that the later bounds allow
 */
public record GeneralizationGap(
        int negatives, double seen, double unseen, double linearGrowth, double logarithmicGrowth) {

    private static final int DRAWS = 8;

    /** {@code unseen - seen}. */
    public double gap() {
        return unseen - seen;
    }

    /** Pairs [N, d]: row i of both belongs together. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Pairs(float[][] anchors, float[][] positives) {
        public Pairs {
            UnitRows.expectPaired("GeneralizationGap.Pairs", anchors, positives);
        }
    }

    /**
     * The gap for each number of negatives, drawn from the positives of other rows without repetition.
     *
     * @param negatives at least one number, each from 1 to the rows of the smaller set less one, ascending
     * @param temperature greater than 0
     * @param seed of the drawing
     */
    public static List<GeneralizationGap> of(Pairs seen, Pairs unseen, int[] negatives, double temperature, long seed) {
        int most = Math.min(seen.anchors().length, unseen.anchors().length) - 1;
        for (int k : negatives) {
            if (k < 1 || k > most) {
                throw new IllegalArgumentException(
                        "GeneralizationGap.of: expected from 1 to " + most + " negatives, but found " + k);
            }
        }
        double[] before = losses(seen, negatives, temperature, seed);
        double[] after = losses(unseen, negatives, temperature, seed);
        return java.util.stream.IntStream.range(0, negatives.length)
                .mapToObj(at -> new GeneralizationGap(
                        negatives[at],
                        before[at],
                        after[at],
                        (double) negatives[at] / negatives[0],
                        (1 + Math.log(negatives[at])) / (1 + Math.log(negatives[0]))))
                .toList();
    }

    /** A draw orders the negatives of an anchor; the first k of the order are those of k. */
    private static double[] losses(Pairs pairs, int[] negatives, double temperature, long seed) {
        UnitRows anchors = UnitRows.of("GeneralizationGap.of", pairs.anchors());
        UnitRows positives = UnitRows.of("GeneralizationGap.of", pairs.positives());
        int n = anchors.size();
        double[] losses = new double[negatives.length];
        for (int i = 0; i < n; i++) {
            double own = anchors.cosine(i, positives, i);
            for (int draw = 0; draw < DRAWS; draw++) {
                int[] order =
                        RandomStream.of(seed, "generalization-gap", i, draw).permutation(n - 1);
                double sum = 0;
                int taken = 0;
                for (int at = 0; at < negatives.length; at++) {
                    for (; taken < negatives[at]; taken++) {
                        int j = order[taken] < i ? order[taken] : order[taken] + 1;
                        sum += Math.exp((anchors.cosine(i, positives, j) - own) / temperature);
                    }
                    losses[at] += Math.log1p(sum) / (n * DRAWS);
                }
            }
        }
        return losses;
    }
}
