package io.chiaro.objective.regulariser;

import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows in clusters around their means, by Lloyd's iteration. It begins with the row nearest to the mean of all and goes on with the
 * row farthest from those taken, so that nothing is drawn and the order of rows does not matter (Gonzalez, "Clustering to minimize
 * the maximum intercluster distance", 1985). A mean that no row is nearest to stays where it is.
 */
final class NearestMeans {

    private final double[][] centres;
    private final int[] clusters;

    private NearestMeans(double[][] centres, int[] clusters) {
        this.centres = centres;
        this.clusters = clusters;
    }

    /**
     * The clusters of rows, which are held fixed.
     *
     * @param rows [n, d]
     * @param count of clusters; with fewer rows, as many
     * @param iterations at the most
     * @param tolerance ends it when the centres, taken together, move by less
     */
    static NearestMeans of(Tensor rows, int count, int iterations, double tolerance) {
        int n = Math.toIntExact(rows.size(0));
        int d = Math.toIntExact(rows.size(1));
        double[] flat = rows.detach().contiguous().toDoubles();
        double[][] points = new double[n][];
        Arrays.setAll(points, i -> Arrays.copyOfRange(flat, i * d, (i + 1) * d));
        double[][] centres = farthest(points, Math.min(count, n));
        for (int i = 0; i < iterations; i++) {
            double[][] moved = means(points, nearest(points, centres), centres);
            double shift = 0;
            for (int k = 0; k < centres.length; k++) {
                shift += squaredDistance(moved[k], centres[k]);
            }
            centres = moved;
            if (Math.sqrt(shift) < tolerance) {
                break;
            }
        }
        return new NearestMeans(centres, nearest(points, centres));
    }

    private static double[][] farthest(double[][] points, int count) {
        double[] mean = means(points, new int[points.length], new double[1][points[0].length])[0];
        double[][] taken = new double[count][];
        double[] distances = Arrays.stream(points)
                .mapToDouble(point -> -squaredDistance(point, mean))
                .toArray();
        for (int k = 0; k < count; k++) {
            int best = 0;
            for (int i = 1; i < points.length; i++) {
                best = distances[i] > distances[best] ? i : best;
            }
            double[] centre = points[best];
            taken[k] = centre;
            boolean first = k == 0;
            Arrays.setAll(distances, i -> {
                double found = squaredDistance(points[i], centre);
                return first ? found : Math.min(distances[i], found);
            });
        }
        return taken;
    }

    private static double[][] means(double[][] points, int[] clusters, double[][] before) {
        double[][] sums = new double[before.length][points[0].length];
        int[] members = new int[before.length];
        for (int i = 0; i < points.length; i++) {
            members[clusters[i]]++;
            for (int k = 0; k < points[i].length; k++) {
                sums[clusters[i]][k] += points[i][k];
            }
        }
        for (int c = 0; c < sums.length; c++) {
            for (int k = 0; k < sums[c].length; k++) {
                sums[c][k] = members[c] == 0 ? before[c][k] : sums[c][k] / members[c];
            }
        }
        return sums;
    }

    private static int[] nearest(double[][] points, double[][] centres) {
        return Arrays.stream(points)
                .mapToInt(point -> {
                    int best = 0;
                    for (int c = 1; c < centres.length; c++) {
                        best = squaredDistance(point, centres[c]) < squaredDistance(point, centres[best]) ? c : best;
                    }
                    return best;
                })
                .toArray();
    }

    private static double squaredDistance(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return sum;
    }

    /** The number of clusters, empty ones among them. */
    int count() {
        return centres.length;
    }

    /** The rows of each cluster that has any. */
    List<int[]> members() {
        return IntStream.range(0, centres.length)
                .mapToObj(cluster -> IntStream.range(0, clusters.length)
                        .filter(i -> clusters[i] == cluster)
                        .toArray())
                .filter(members -> members.length > 0)
                .toList();
    }

    /** The distance of each row, with its gradient, to the nearest centre that is not its own, [n]. */
    Tensor toOtherCentres(Tensor rows) {
        int d = Math.toIntExact(rows.size(1));
        double[] values = rows.detach().contiguous().toDoubles();
        double[] nearest = new double[clusters.length * d];
        for (int i = 0; i < clusters.length; i++) {
            double[] own = centres[clusters[i]];
            double[] point = Arrays.copyOfRange(values, i * d, (i + 1) * d);
            double[] best = Arrays.stream(centres)
                    .filter(centre -> centre != own)
                    .min((a, b) -> Double.compare(squaredDistance(point, a), squaredDistance(point, b)))
                    .orElse(own);
            System.arraycopy(best, 0, nearest, i * d, d);
        }
        return rows.subtract(Tensor.of(nearest, clusters.length, d).to(rows.type()))
                .norm(1, false);
    }
}
