package io.chiaro.search.map;

import java.util.Arrays;

/**
 * The weighted graph of UMAP, section 3.1: with d the distances to the k neighbours of i, rho_i the smallest that is not 0, and
 * sigma_i such that the row sums to log2(k),
 *
 * <pre>p(j|i) = exp(-max(0, d_ij - rho_i) / sigma_i)        w_ij = p(j|i) + p(i|j) - p(j|i) p(i|j)</pre>
 *
 * <p>Each edge stands twice, once from either end, ordered by its head and then its tail.
 *
 * @param heads [edges]
 * @param tails [edges]
 * @param weights [edges] above 0, at most 1
 */
record FuzzyGraph(int[] heads, int[] tails, float[] weights) {

    private static final int STEPS = 64;
    private static final double TOLERANCE = 1e-5;

    /** As the authors' program has it: no point may take all the others for equally far. */
    private static final double LEAST_SIGMA_SHARE = 1e-3;

    static FuzzyGraph of(NeighbourTable table) {
        int n = table.neighbours().length;
        int k = n == 0 ? 0 : table.neighbours()[0].length;
        long[] cells = new long[2 * n * k];
        float[] there = new float[cells.length];
        // A cell and its mirror: sorted by their numbers, the two directions of an edge come to stand beside each
        // other.
        for (int i = 0; i < n; i++) {
            float[] row = memberships(table.distances()[i]);
            for (int j = 0; j < k; j++) {
                int other = table.neighbours()[i][j];
                int at = 2 * (i * k + j);
                cells[at] = cell(i, other);
                there[at] = row[j];
                cells[at + 1] = cell(other, i);
                there[at + 1] = row[j];
            }
        }
        Integer[] boxed = new Integer[cells.length];
        Arrays.setAll(boxed, i -> i);
        Arrays.sort(boxed, (a, b) -> Long.compare(cells[a], cells[b]));
        int[] heads = new int[cells.length];
        int[] tails = new int[cells.length];
        float[] weights = new float[cells.length];
        int edges = 0;
        for (int at = 0; at < boxed.length; ) {
            long cell = cells[boxed[at]];
            float weight = there[boxed[at++]];
            if (at < boxed.length && cells[boxed[at]] == cell) {
                float back = there[boxed[at++]];
                weight = weight + back - weight * back;
            }
            if (weight > 0) {
                heads[edges] = (int) (cell >>> 32);
                tails[edges] = (int) cell;
                weights[edges++] = weight;
            }
        }
        return new FuzzyGraph(Arrays.copyOf(heads, edges), Arrays.copyOf(tails, edges), Arrays.copyOf(weights, edges));
    }

    private static long cell(int head, int tail) {
        return (long) head << 32 | tail;
    }

    /** p(j|i) of a row of distances, the nearest first. */
    static float[] memberships(float[] distances) {
        double rho = 0;
        double mean = 0;
        for (float distance : distances) {
            if (rho == 0 && distance > 0) {
                rho = distance;
            }
            mean += distance / (double) distances.length;
        }
        double wanted = Math.log(Math.max(2, distances.length)) / Math.log(2);
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double sigma = 1;
        for (int step = 0; step < STEPS; step++) {
            double sum = 0;
            for (float distance : distances) {
                sum += membership(distance, rho, sigma);
            }
            if (Math.abs(sum - wanted) < TOLERANCE) {
                break;
            }
            if (sum > wanted) {
                high = sigma;
                sigma = (low + high) / 2;
            } else {
                low = sigma;
                sigma = high == Double.POSITIVE_INFINITY ? 2 * sigma : (low + high) / 2;
            }
        }
        sigma = Math.max(sigma, Math.max(LEAST_SIGMA_SHARE * mean, Double.MIN_NORMAL));
        float[] memberships = new float[distances.length];
        for (int j = 0; j < distances.length; j++) {
            memberships[j] = (float) membership(distances[j], rho, sigma);
        }
        return memberships;
    }

    private static double membership(double distance, double rho, double sigma) {
        return distance <= rho ? 1 : Math.exp(-(distance - rho) / sigma);
    }
}
