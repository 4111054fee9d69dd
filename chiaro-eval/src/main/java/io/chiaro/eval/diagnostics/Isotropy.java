package io.chiaro.eval.diagnostics;

import io.chiaro.core.metric.EmbeddingGeometry;
import java.util.Arrays;

/**
 * Whether a cloud uses its space evenly in all directions.
 *
 * <ul>
 *   <li>{@code averageCosine}: of pairs i &lt; j. Near 1 the cloud is a narrow cone. One minus it is the isotropy that Su and
 *       Xu, "Contrastive search is what you need for neural text generation" (TMLR 2023, equation 3) follow over layers.
 *   <li>{@code isoScore} (Rudman et al., "IsoScore: measuring the uniformity of embedding space utilization", Findings of
 *       ACL 2022, section 4): with the d variances {@code v} of the cloud along its principal directions,
 *       <pre>  v' = v sqrt(d) / |v|,   delta = |v' - 1| / sqrt(2 (d - sqrt(d)))
 *  phi = (d - delta^2 (d - sqrt(d)))^2 / d^2,   score = (d phi - 1) / (d - 1)</pre>
 *       1 if all directions vary alike, 0 if one direction has it all. It does not see the mean.
 * </ul>
 *
 * <p>{@code v} are the eigenvalues of the covariance; directions that N rows cannot reach count as 0, so N should be larger
 * than d.
 *
 * @param averageCosine mean cosine of different rows
 * @param isoScore from 0 to 1; 0 if all rows are equal, NaN in one dimension
 */
public record Isotropy(double averageCosine, double isoScore) {

    /** Of vectors [N, d], N at least 2. */
    public static Isotropy of(float[][] vectors) {
        UnitRows.expectRows("Isotropy.of", vectors, 2);
        UnitRows rows = UnitRows.of("Isotropy.of", vectors);
        double sum = 0;
        for (int i = 1; i < rows.size(); i++) {
            for (int j = 0; j < i; j++) {
                sum += rows.cosine(i, j);
            }
        }
        return new Isotropy(sum / (rows.size() * (rows.size() - 1.0) / 2), isoScore(vectors));
    }

    private static double isoScore(float[][] vectors) {
        int d = vectors[0].length;
        if (d == 1) {
            return Double.NaN;
        }
        double[] mean = new double[d];
        for (float[] row : vectors) {
            for (int k = 0; k < d; k++) {
                mean[k] += row[k] / (double) vectors.length;
            }
        }
        float[][] centred = new float[vectors.length][d];
        for (int i = 0; i < centred.length; i++) {
            for (int k = 0; k < d; k++) {
                centred[i][k] = (float) (vectors[i][k] - mean[k]);
            }
        }
        double[] variances = new double[d];
        double[] singular = EmbeddingGeometry.singularValues(centred);
        for (int k = 0; k < singular.length; k++) {
            variances[k] = singular[k] * singular[k];
        }
        double length = Math.sqrt(Arrays.stream(variances).map(v -> v * v).sum());
        if (length == 0) {
            return 0;
        }
        double squaredDistance = Arrays.stream(variances)
                .map(v -> v * Math.sqrt(d) / length - 1)
                .map(v -> v * v)
                .sum();
        double squaredDefect = squaredDistance / (2 * (d - Math.sqrt(d)));
        double occupied = Math.pow(d - squaredDefect * (d - Math.sqrt(d)), 2) / ((double) d * d);
        return Math.max(0, (d * occupied - 1) / (d - 1));
    }
}
