package io.chiaro.train;

import io.chiaro.core.metric.EmbeddingGeometry;
import java.util.Locale;

/**
 * Whether the embeddings of a batch still tell items apart. All figures are of the vectors divided by their lengths,
 * {@code z_i}, of n different items in d dimensions.
 *
 * <ul>
 *   <li>{@code standardDeviation = sqrt(d) mean_j std_i(z_ij)}: about 1 when directions are spread over the sphere, 0 when
 *       all items are one point (the watch of Chen and He, "Exploring simple siamese representation learning", CVPR 2021,
 *       section 4.1, there without the factor).
 *   <li>{@code meanCosine}: of pairs of different items. A cloud that drifts into a narrow cone goes to 1.
 *   <li>{@code effectiveRank}, {@code alignment}, {@code uniformity}: as in {@link EmbeddingGeometry}; alignment is NaN
 *       without positives.
 *   <li>{@code directions = (sum lambda)^2 / sum lambda^2} over the eigenvalues of the covariance, the participation ratio:
 *       how many directions carry the variation. 1 when all of it lies on one line (dimensional collapse: Jing et al.,
 *       "Understanding dimensional collapse in contrastive self-supervised learning", ICLR 2022).
 * </ul>
 *
 * <p>The verdict, with {@code r = min(n - 1, d)} as the most directions that the batch could show:
 *
 * <table>
 *   <caption>Thresholds</caption>
 *   <tr><th>figure</th><th>collapsed</th><th>warning</th></tr>
 *   <tr><td>meanCosine above</td><td>{@value #COSINE_COLLAPSED}</td><td>{@value #COSINE_WARNING}</td></tr>
 *   <tr><td>directions below, and below 0.4 r</td><td>{@value #DIRECTIONS_COLLAPSED}</td>
 *       <td>{@value #DIRECTIONS_WARNING}</td></tr>
 *   <tr><td>any value not finite, or a vector of length 0 in more than half of the items</td><td>always</td><td></td></tr>
 * </table>
 *
 * <p>Models trained at a low temperature keep their cosines between 0.7 and 1, so a high mean cosine alone is no alarm
 * below 0.95. Fewer than {@value #FEWEST} items give no warning, since chance alone can look like anything.
 *
 * <p>Immutable, safe from any thread.
 */
public record CollapseVerdict(
        Level level,
        String reason,
        double standardDeviation,
        double effectiveRank,
        double alignment,
        double uniformity,
        double meanCosine,
        double directions) {

    static final double COSINE_COLLAPSED = 0.99;
    static final double COSINE_WARNING = 0.95;
    static final double DIRECTIONS_COLLAPSED = 1.25;
    static final double DIRECTIONS_WARNING = 1.6;
    static final int FEWEST = 8;

    /** Items that are looked at; the first ones of a larger batch, so that a check costs milliseconds. */
    static final int MOST = 256;

    /** How bad it is. */
    public enum Level {
        /** Items are told apart. */
        HEALTHY,
        /** The cloud is on its way to a point or a line. */
        WARNING,
        /** Items can no longer be told apart. */
        COLLAPSED
    }

    /** The verdict on embeddings [n, d] of different items. */
    public static CollapseVerdict of(float[][] embeddings) {
        return of(embeddings, new float[0][]);
    }

    /**
     * The verdict on embeddings [n, d] of different items.
     *
     * @param positives a second view of each item, in the same order, or empty
     */
    public static CollapseVerdict of(float[][] embeddings, float[][] positives) {
        if (embeddings.length == 0 || positives.length != 0 && positives.length != embeddings.length) {
            throw new IllegalArgumentException(
                    "CollapseVerdict.of: expected at least one item and as many positives, or " + "none, but got "
                            + embeddings.length + " and " + positives.length);
        }
        int n = Math.min(MOST, embeddings.length);
        int d = embeddings[0].length;
        float[][] units = new float[n][];
        int zeros = 0;
        for (int i = 0; i < n; i++) {
            double length = length(embeddings[i]);
            if (!Double.isFinite(length)) {
                return broken("the embedding of item " + i + " is not finite");
            }
            zeros += length == 0 ? 1 : 0;
            units[i] = scaled(embeddings[i], length);
        }
        if (zeros * 2 > n) {
            return broken(zeros + " of " + n + " embeddings have length 0");
        }
        double alignment = positives.length == 0
                ? Double.NaN
                : EmbeddingGeometry.alignment(units, java.util.Arrays.copyOf(positives, n));
        double uniformity = n < 2 ? Double.NaN : EmbeddingGeometry.uniformity(units);
        double rank = EmbeddingGeometry.effectiveRank(units);

        double[] mean = mean(units);
        double meanSquares = 0;
        for (double value : mean) {
            meanSquares += value * value;
        }
        // The sum of all n x n cosines is |sum z|^2; n of them are an item with itself.
        double meanCosine = n < 2 ? Double.NaN : (meanSquares * n * n - (n - zeros)) / (n * (n - 1.0));
        float[][] centred = centred(units, mean);
        double directions = directions(centred);
        double deviation = standardDeviation(centred);

        Level level = Level.HEALTHY;
        String reason = "items are told apart";
        double most = 0.4 * Math.min(n - 1, d);
        if (n < FEWEST) {
            reason = "not judged: " + n + " items are fewer than " + FEWEST;
        } else if (meanCosine > COSINE_WARNING) {
            level = meanCosine > COSINE_COLLAPSED ? Level.COLLAPSED : Level.WARNING;
            reason = say("different items have a mean cosine of %.3f: the cloud is shrinking to one point", meanCosine);
        } else if (directions < Math.min(DIRECTIONS_WARNING, most)) {
            level = directions < DIRECTIONS_COLLAPSED ? Level.COLLAPSED : Level.WARNING;
            reason = say("the variation lies on %.2f directions of %d", directions, Math.min(n - 1, d));
        }
        return new CollapseVerdict(level, reason, deviation, rank, alignment, uniformity, meanCosine, directions);
    }

    private static CollapseVerdict broken(String reason) {
        double none = Double.NaN;
        return new CollapseVerdict(Level.COLLAPSED, reason, none, none, none, none, none, none);
    }

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** {@code sqrt(d) mean_j sqrt(sum_i c_ij^2 / (n - 1))}. */
    private static double standardDeviation(float[][] centred) {
        int d = centred[0].length;
        double sum = 0;
        for (int j = 0; j < d; j++) {
            double squares = 0;
            for (float[] row : centred) {
                squares += (double) row[j] * row[j];
            }
            sum += Math.sqrt(squares / Math.max(1, centred.length - 1));
        }
        return Math.sqrt(d) * sum / d;
    }

    /** The participation ratio by the trace and the Frobenius norm of XX', whose eigenvalues are those of the covariance. */
    private static double directions(float[][] centred) {
        double trace = 0;
        double squares = 0;
        for (int i = 0; i < centred.length; i++) {
            double own = dot(centred[i], centred[i]);
            trace += own;
            squares += own * own;
            for (int j = 0; j < i; j++) {
                double other = dot(centred[i], centred[j]);
                squares += 2 * other * other;
            }
        }
        return squares == 0 ? 0 : trace * trace / squares;
    }

    private static double[] mean(float[][] rows) {
        double[] mean = new double[rows[0].length];
        for (float[] row : rows) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] += row[j] / (double) rows.length;
            }
        }
        return mean;
    }

    private static float[][] centred(float[][] rows, double[] mean) {
        float[][] centred = new float[rows.length][mean.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < mean.length; j++) {
                centred[i][j] = (float) (rows[i][j] - mean[j]);
            }
        }
        return centred;
    }

    private static double length(float[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += (double) a[j] * b[j];
        }
        return sum;
    }

    private static float[] scaled(float[] vector, double length) {
        float[] unit = new float[vector.length];
        for (int j = 0; j < unit.length; j++) {
            unit[j] = length == 0 ? 0 : (float) (vector[j] / length);
        }
        return unit;
    }
}
