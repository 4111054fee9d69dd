package io.chiaro.search.map;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The nearest others of each vector by cosine distance, {@code 1 - cosine}, found by comparing all with all.
 *
 * <p>Products are made of a block of rows and a block of columns at a time, the columns turned so that the inner loop runs over
 * neighbours in memory. Each row is summed in one order,
 * so that the table does not depend on the number of threads.
 *
 * @param neighbours [n, k] numbers of the others, the nearest first; of equal ones those with the lower number
 * @param distances [n, k] from 0 to 2
 */
record NeighbourTable(int[][] neighbours, float[][] distances) {

    private static final int ROWS = 32;
    private static final int COLUMNS = 128;

    /**
     * Finds the neighbours.
     *
     * @param vectors [n, d] of length one
     * @param k at least 1; fewer where there are not so many others
     */
    static NeighbourTable of(float[][] vectors, int k) {
        int n = vectors.length;
        int kept = Math.min(k, n - 1);
        int[][] neighbours = new int[n][kept];
        float[][] distances = new float[n][kept];
        IntStream.range(0, (n + ROWS - 1) / ROWS).parallel().forEach(block -> {
            int first = block * ROWS;
            int end = Math.min(n, first + ROWS);
            float[][] best = new float[end - first][kept];
            for (float[] row : best) {
                Arrays.fill(row, Float.NEGATIVE_INFINITY);
            }
            fill(vectors, first, end, neighbours, best);
            for (int i = first; i < end; i++) {
                for (int j = 0; j < kept; j++) {
                    distances[i][j] = Math.max(0, 1 - best[i - first][j]);
                }
            }
        });
        return new NeighbourTable(neighbours, distances);
    }

    private static void fill(float[][] vectors, int first, int end, int[][] neighbours, float[][] best) {
        int dimension = vectors[first].length;
        float[][] turned = new float[dimension][COLUMNS];
        float[] products = new float[COLUMNS];
        for (int from = 0; from < vectors.length; from += COLUMNS) {
            int width = Math.min(COLUMNS, vectors.length - from);
            for (int j = 0; j < width; j++) {
                float[] column = vectors[from + j];
                for (int d = 0; d < dimension; d++) {
                    turned[d][j] = column[d];
                }
            }
            for (int i = first; i < end; i++) {
                multiply(vectors[i], turned, products);
                for (int j = 0; j < width; j++) {
                    if (from + j != i) {
                        keep(products[j], from + j, best[i - first], neighbours[i]);
                    }
                }
            }
        }
    }

    /** Four rows of the columns at a time: the sums are read and written a quarter as often. */
    private static void multiply(float[] row, float[][] turned, float[] products) {
        Arrays.fill(products, 0);
        int d = 0;
        for (; d + 3 < row.length; d += 4) {
            float a = row[d];
            float b = row[d + 1];
            float c = row[d + 2];
            float e = row[d + 3];
            float[] ta = turned[d];
            float[] tb = turned[d + 1];
            float[] tc = turned[d + 2];
            float[] te = turned[d + 3];
            for (int j = 0; j < COLUMNS; j++) {
                products[j] += a * ta[j] + b * tb[j] + c * tc[j] + e * te[j];
            }
        }
        for (; d < row.length; d++) {
            float a = row[d];
            float[] ta = turned[d];
            for (int j = 0; j < COLUMNS; j++) {
                products[j] += a * ta[j];
            }
        }
    }

    private static void keep(float product, int number, float[] best, int[] neighbours) {
        int at = best.length - 1;
        if (!(product > best[at])) {
            return;
        }
        while (at > 0 && product > best[at - 1]) {
            best[at] = best[at - 1];
            neighbours[at] = neighbours[at - 1];
            at--;
        }
        best[at] = product;
        neighbours[at] = number;
    }
}
