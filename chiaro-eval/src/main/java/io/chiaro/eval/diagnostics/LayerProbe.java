package io.chiaro.eval.diagnostics;

import io.chiaro.core.metric.EmbeddingGeometry;

/**
 * What one layer of an encoder tells: the first layers see words, the last ones what the objective asked for, and what a
 * later layer gave up an earlier one may still hold (Xue et al., "Investigating the benefits of projection head for
 * representation learning", ICLR 2024, probe layers before and behind the head).
 *
 * @param layer 0 for what enters the first layer
 * @param accuracy of the probe, from 0 to 1
 * @param averageCosine of different rows; near 1 the layer is a narrow cone
 * @param effectiveRank of the rows
 */
public record LayerProbe(int layer, double accuracy, double averageCosine, double effectiveRank) {

    /**
     * With labels: a {@link LabelProbe}.
     *
     * @param vectors the layer's vectors [N, d]
     */
    public static LayerProbe ofLabels(int layer, float[][] vectors, int[] labels, long seed) {
        return of(layer, LabelProbe.of(vectors, labels, seed).accuracy(), vectors);
    }

    /** With pairs: the share of anchors that are nearer to their own positive than to that of any other. */
    public static LayerProbe ofPairs(int layer, float[][] anchors, float[][] positives) {
        UnitRows.expectPaired("LayerProbe.ofPairs", anchors, positives);
        UnitRows first = UnitRows.of("LayerProbe.ofPairs", anchors);
        UnitRows second = UnitRows.of("LayerProbe.ofPairs", positives);
        int right = 0;
        for (int i = 0; i < first.size(); i++) {
            double own = first.cosine(i, second, i);
            boolean nearest = true;
            for (int j = 0; j < second.size() && nearest; j++) {
                // An equal score is wrong, so that a collapsed layer earns nothing.
                nearest = j == i || first.cosine(i, second, j) < own;
            }
            right += nearest ? 1 : 0;
        }
        return of(layer, (double) right / first.size(), anchors);
    }

    private static LayerProbe of(int layer, double accuracy, float[][] vectors) {
        return new LayerProbe(
                layer, accuracy, Isotropy.of(vectors).averageCosine(), EmbeddingGeometry.effectiveRank(vectors));
    }
}
