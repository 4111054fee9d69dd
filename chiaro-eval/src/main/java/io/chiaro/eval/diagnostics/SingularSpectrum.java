package io.chiaro.eval.diagnostics;

import io.chiaro.core.metric.EmbeddingGeometry;
import java.util.Arrays;

/**
 * How many directions a cloud of embeddings uses. The singular values of the matrix of centred rows of length one, each
 * divided by the largest: a curve that falls to zero early says that the other directions carry nothing (Jing et al.,
 * "Understanding dimensional collapse in contrastive self-supervised learning", ICLR 2022, section 3).
 *
 * @param values sigma_k / sigma_1, largest first, min(N, d) numbers; all 0 if all rows are equal
 * @param effectiveRank as {@link EmbeddingGeometry#effectiveRank(float[][])} has it, of the rows as they are
 * @param participation {@code (sum lambda)^2 / sum lambda^2} with {@code lambda = sigma^2}: directions that carry the variation
 * @param directionsOf90Percent least number of directions that hold nine tenths of the variance
 */
@SuppressWarnings("ArrayRecordComponent")
public record SingularSpectrum(double[] values, double effectiveRank, double participation, int directionsOf90Percent) {

    /** Of vectors [N, d], N at least 2. */
    public static SingularSpectrum of(float[][] vectors) {
        UnitRows.expectRows("SingularSpectrum.of", vectors, 2);
        UnitRows rows = UnitRows.of("SingularSpectrum.of", vectors);
        double[] mean = rows.mean();
        float[][] centred = new float[rows.size()][rows.width()];
        for (int i = 0; i < centred.length; i++) {
            for (int k = 0; k < mean.length; k++) {
                centred[i][k] = (float) (rows.row(i)[k] - mean[k]);
            }
        }
        double[] values = EmbeddingGeometry.singularValues(centred);
        double sum = 0;
        double squares = 0;
        for (double value : values) {
            sum += value * value;
            squares += value * value * value * value;
        }
        int directions = 0;
        double held = 0;
        while (directions < values.length && held < 0.9 * sum) {
            held += values[directions] * values[directions];
            directions++;
        }
        double largest = values[0];
        return new SingularSpectrum(
                Arrays.stream(values)
                        .map(value -> largest == 0 ? 0 : value / largest)
                        .toArray(),
                EmbeddingGeometry.effectiveRank(vectors),
                squares == 0 ? 0 : sum * sum / squares,
                directions);
    }
}
