package io.chiaro.eval.diagnostics;

import io.chiaro.model.TextVectors;
import java.util.Arrays;
import java.util.List;

/**
 * How sharply augmented views of a class concentrate (Huang et al., "Towards the generalization of contrastive
 * self-supervised learning", ICLR 2023, definition 1). With the augmented distance {@code d(i, j)}, the least distance of a
 * view of i from a view of j, an augmentation is (sigma, delta) when every class has a part that holds the share sigma of it
 * and in which no two items are farther than delta. Smaller delta at the same sigma: views tie the class together.
 *
 * <p>The least delta of a sigma is a hard problem (a clique), so both sides of it are given, for m = ceil(sigma n_c):
 *
 * <pre>  lower = max_c of the m-th smallest r_i,   r_i the distance of item i of the class to its (m - 1)-th nearest other
 *  upper = max_c min_i of the diameter of i with its m - 1 nearest others</pre>
 *
 * <p>{@code centreDivergence} is the largest inner product of the means of two classes on the sphere, the other quantity of
 * the paper's theorem 1 (section 3): it should be small.
 *
 * @param sigma the share that was asked for
 * @param lower delta is at least this
 * @param upper delta is at most this
 * @param centreDivergence largest inner product of two class means of rows of length one; NaN if there is one class
 */
public record AugmentationConcentration(double sigma, double lower, double upper, double centreDivergence) {

    /**
     * Of views, each [N, d], as they are, not divided by lengths.
     *
     * @param sigma greater than 0, at most 1
     */
    public static AugmentationConcentration of(List<float[][]> views, int[] labels, double sigma) {
        if (views.isEmpty() || !(sigma > 0 && sigma <= 1)) {
            throw new IllegalArgumentException(
                    "AugmentationConcentration.of: expected at least one view and a sigma above 0 and at most 1, but found "
                            + views.size() + " and " + sigma);
        }
        for (float[][] view : views) {
            UnitRows.expectPaired("AugmentationConcentration.of", views.get(0), view);
        }
        List<int[]> members = ClassMembers.of("AugmentationConcentration.of", views.get(0), labels);
        double lower = 0;
        double upper = 0;
        for (int[] own : members) {
            double[][] distances = distances(views, own);
            int size = (int) Math.ceil(sigma * own.length - 1e-9);
            lower = Math.max(lower, lower(distances, size));
            upper = Math.max(upper, upper(distances, size));
        }
        return new AugmentationConcentration(sigma, lower, upper, divergence(views, members));
    }

    private static double[][] distances(List<float[][]> views, int[] own) {
        double[][] distances = new double[own.length][own.length];
        for (int i = 0; i < own.length; i++) {
            for (int j = 0; j < i; j++) {
                double least = Double.POSITIVE_INFINITY;
                for (float[][] first : views) {
                    for (float[][] second : views) {
                        least = Math.min(least, TextVectors.distance(first[own[i]], second[own[j]]));
                    }
                }
                distances[i][j] = least;
                distances[j][i] = least;
            }
        }
        return distances;
    }

    /** Each item of the part has m - 1 others within delta, so at least m items have their radius within it. */
    private static double lower(double[][] distances, int size) {
        double[] radii = new double[distances.length];
        for (int i = 0; i < radii.length; i++) {
            double[] sorted = distances[i].clone();
            Arrays.sort(sorted);
            // The item itself stands first, at distance 0.
            radii[i] = sorted[size - 1];
        }
        Arrays.sort(radii);
        return radii[size - 1];
    }

    private static double upper(double[][] distances, int size) {
        double least = Double.POSITIVE_INFINITY;
        for (double[] from : distances) {
            int[] nearest = nearest(from, size);
            double diameter = 0;
            for (int i : nearest) {
                for (int j : nearest) {
                    diameter = Math.max(diameter, distances[i][j]);
                }
            }
            least = Math.min(least, diameter);
        }
        return least;
    }

    private static int[] nearest(double[] from, int size) {
        return java.util.stream.IntStream.range(0, from.length)
                .boxed()
                .sorted(java.util.Comparator.comparingDouble(i -> from[i]))
                .limit(size)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double divergence(List<float[][]> views, List<int[]> members) {
        double[][] means = new double[members.size()][views.get(0)[0].length];
        for (float[][] view : views) {
            UnitRows rows = UnitRows.of("AugmentationConcentration.of", view);
            for (int c = 0; c < means.length; c++) {
                for (int i : members.get(c)) {
                    for (int k = 0; k < means[c].length; k++) {
                        means[c][k] += rows.row(i)[k] / (members.get(c).length * views.size());
                    }
                }
            }
        }
        double largest = Double.NaN;
        for (int c = 1; c < means.length; c++) {
            for (int other = 0; other < c; other++) {
                double product = UnitRows.dot(means[c], means[other]);
                largest = Double.isNaN(largest) ? product : Math.max(largest, product);
            }
        }
        return largest;
    }
}
