package io.chiaro.data;

import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Lloyd's k-means from k-means++ seeds (Arthur and Vassilvitskii, SODA 2007): each next centre is a row drawn with a
 * chance in proportion to its squared distance from the nearest centre so far. Of several starts the one with the least
 * sum of squared distances counts. A cluster that loses all rows takes the row farthest from its centre. The same for any
 * number of threads.
 */
public final class KMeans {

    private static final int MOST_ROUNDS = 100;

    private KMeans() {}

    /** The cluster of each row, from 0 to k - 1; the best of as many starts. */
    public static int[] cluster(float[][] rows, int k, int starts, long seed) {
        if (k < 1 || k > rows.length) {
            throw new IllegalArgumentException(
                    "KMeans: expected from 1 to " + rows.length + " clusters, but found " + k);
        }
        int[] best = new int[rows.length];
        double least = Double.POSITIVE_INFINITY;
        for (int start = 0; start < starts; start++) {
            int[] clusters = new int[rows.length];
            double cost = run(rows, k, RandomStream.of(seed, "k-means", start), clusters);
            if (cost < least) {
                least = cost;
                best = clusters;
            }
        }
        return best;
    }

    private static double run(float[][] rows, int k, RandomStream random, int[] clusters) {
        float[][] centres = seeds(rows, k, random);
        double[] distances = new double[rows.length];
        Arrays.fill(clusters, -1);
        double cost = 0;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            int[] before = clusters.clone();
            assign(rows, centres, clusters, distances);
            cost = Arrays.stream(distances).sum();
            if (Arrays.equals(before, clusters)) {
                break;
            }
            move(rows, centres, clusters, distances);
        }
        return cost;
    }

    private static float[][] seeds(float[][] rows, int k, RandomStream random) {
        float[][] centres = new float[k][];
        double[] distances = new double[rows.length];
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        int next = random.nextInt(rows.length);
        for (int c = 0; c < k; c++) {
            centres[c] = rows[next].clone();
            float[] centre = centres[c];
            IntStream.range(0, rows.length)
                    .parallel()
                    .forEach(i -> distances[i] = Math.min(distances[i], squaredDistance(rows[i], centre)));
            double sum = Arrays.stream(distances).sum();
            double target = random.nextDouble() * sum;
            next = sum == 0 ? random.nextInt(rows.length) : rows.length - 1;
            double reached = 0;
            for (int i = 0; sum > 0 && i < rows.length; i++) {
                reached += distances[i];
                if (reached > target) {
                    next = i;
                    break;
                }
            }
        }
        return centres;
    }

    private static void assign(float[][] rows, float[][] centres, int[] clusters, double[] distances) {
        int k = centres.length;
        int dimension = centres[0].length;
        float[] columns = new float[k * dimension];
        float[] squares = new float[k];
        for (int c = 0; c < k; c++) {
            for (int j = 0; j < dimension; j++) {
                columns[j * k + c] = centres[c][j];
                squares[c] += centres[c][j] * centres[c][j];
            }
        }
        IntStream.range(0, rows.length).parallel().forEach(i -> {
            float[] products = new float[k];
            for (int j = 0; j < dimension; j++) {
                float value = rows[i][j];
                int offset = j * k;
                for (int c = 0; c < k; c++) {
                    products[c] += value * columns[offset + c];
                }
            }
            int nearest = 0;
            for (int c = 1; c < k; c++) {
                if (squares[c] - 2 * products[c] < squares[nearest] - 2 * products[nearest]) {
                    nearest = c;
                }
            }
            clusters[i] = nearest;
            distances[i] = squaredDistance(rows[i], centres[nearest]);
        });
    }

    private static void move(float[][] rows, float[][] centres, int[] clusters, double[] distances) {
        int dimension = centres[0].length;
        double[][] sums = new double[centres.length][dimension];
        int[] counts = new int[centres.length];
        for (int i = 0; i < rows.length; i++) {
            counts[clusters[i]]++;
            for (int j = 0; j < dimension; j++) {
                sums[clusters[i]][j] += rows[i][j];
            }
        }
        for (int c = 0; c < centres.length; c++) {
            if (counts[c] == 0) {
                int farthest = 0;
                for (int i = 1; i < rows.length; i++) {
                    farthest = distances[i] > distances[farthest] ? i : farthest;
                }
                distances[farthest] = 0;
                centres[c] = rows[farthest].clone();
                continue;
            }
            for (int j = 0; j < dimension; j++) {
                centres[c][j] = (float) (sums[c][j] / counts[c]);
            }
        }
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
