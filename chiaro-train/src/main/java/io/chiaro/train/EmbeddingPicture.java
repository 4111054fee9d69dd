package io.chiaro.train;

import io.chiaro.core.metric.EmbeddingGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The embeddings of a batch as a picture can show them: how the cosines of pairs and of all other combinations are spread,
 * and how many directions are used. Numbers are rounded to four decimals.
 *
 * @param positives share of the cosines {@code z_i . z_i+} in each of {@value #BINS} bins from -1 to 1; empty without pairs
 * @param negatives share of the cosines {@code z_i . z_j+}, i not j, or {@code z_i . z_j} without pairs; empty for one item
 * @param spectrum singular values of the centred rows of length one, each divided by the largest, falling
 */
public record EmbeddingPicture(List<Double> positives, List<Double> negatives, List<Double> spectrum) {

    static final int BINS = 40;

    public EmbeddingPicture {
        positives = List.copyOf(positives);
        negatives = List.copyOf(negatives);
        spectrum = List.copyOf(spectrum);
    }

    /**
     * Of embeddings [n, d] of different items, the first {@value CollapseVerdict#MOST} of them.
     *
     * @param positives a second view of each item, in the same order, or empty
     */
    public static EmbeddingPicture of(float[][] embeddings, float[][] positives) {
        if (embeddings.length == 0 || positives.length != 0 && positives.length != embeddings.length) {
            throw new IllegalArgumentException(
                    "EmbeddingPicture.of: expected at least one item and as many positives, or none, but got "
                            + embeddings.length + " and " + positives.length);
        }
        double[][] first = units(embeddings);
        double[][] second = positives.length == 0 ? first : units(positives);
        double[] own = new double[BINS];
        double[] others = new double[BINS];
        for (int i = 0; i < first.length; i++) {
            for (int j = 0; j < second.length; j++) {
                double cosine = 0;
                for (int k = 0; k < first[i].length; k++) {
                    cosine += first[i][k] * second[j][k];
                }
                int bin = (int) Math.max(0, Math.min(BINS - 1, Math.floor((cosine + 1) / 2 * BINS)));
                (i == j ? own : others)[bin]++;
            }
        }
        return new EmbeddingPicture(positives.length == 0 ? List.of() : shares(own), shares(others), spectrum(first));
    }

    /** The middle of each bin. */
    static double[] cosines() {
        double[] middle = new double[BINS];
        Arrays.setAll(middle, bin -> -1 + (bin + 0.5) * 2 / BINS);
        return middle;
    }

    private static List<Double> shares(double[] counts) {
        double all = Arrays.stream(counts).sum();
        return all == 0
                ? List.of()
                : Arrays.stream(counts).mapToObj(count -> rounded(count / all)).toList();
    }

    private static List<Double> spectrum(double[][] rows) {
        float[][] centred = new float[rows.length][rows[0].length];
        for (int k = 0; k < rows[0].length; k++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[k] / rows.length;
            }
            for (int i = 0; i < rows.length; i++) {
                centred[i][k] = (float) (rows[i][k] - mean);
            }
        }
        double[] values = EmbeddingGeometry.singularValues(centred);
        List<Double> spectrum = new ArrayList<>();
        for (double value : values) {
            spectrum.add(rounded(values[0] == 0 ? 0 : value / values[0]));
        }
        return spectrum;
    }

    private static double[][] units(float[][] vectors) {
        double[][] units = new double[Math.min(CollapseVerdict.MOST, vectors.length)][];
        for (int i = 0; i < units.length; i++) {
            double squares = 0;
            for (float value : vectors[i]) {
                squares += (double) value * value;
            }
            double length = squares == 0 ? 1 : Math.sqrt(squares);
            units[i] = new double[vectors[i].length];
            for (int k = 0; k < units[i].length; k++) {
                units[i][k] = vectors[i][k] / length;
            }
        }
        return units;
    }

    private static double rounded(double value) {
        return Math.rint(value * 1e4) / 1e4;
    }
}
