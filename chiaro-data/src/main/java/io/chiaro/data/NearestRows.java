package io.chiaro.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Exact search for the nearest rows of each row by their cosine. Candidates come in tiles with a column each, so that the
 * inner loop runs over neighbours in memory and every sum is formed in one order: the result is the same for any number of
 * threads. Memory is that of the rows, of one tile and of what is kept.
 */
public final class NearestRows {

    private static final int TILE = 256;

    private NearestRows() {}

    /**
     * For each row the candidates of some ranks, nearest first; of equal ones the first. The candidate with the row's own
     * number is none.
     *
     * @param rows [N][d]; a row of zeros is equally near to all
     * @param candidates [M][d]
     * @param skip how many of the nearest are left out
     * @param keep how many of the following are kept
     */
    public static int[][] ranked(float[][] rows, float[][] candidates, int skip, int keep) {
        if (skip < 0 || keep < 1) {
            throw new IllegalArgumentException(
                    "NearestRows: expected to skip none or more and to keep one or more, but found " + skip + " and "
                            + keep);
        }
        float[][] units = units(rows);
        float[][] others = units(candidates);
        Nearest[] nearest = new Nearest[rows.length];
        Arrays.setAll(nearest, i -> new Nearest(Math.min(skip + keep, candidates.length)));
        for (int first = 0; first < others.length; first += TILE) {
            int from = first;
            int count = Math.min(TILE, others.length - from);
            float[] tile = columns(others, from, count);
            IntStream.range(0, units.length).parallel().forEach(i -> {
                float[] scores = new float[count];
                for (int k = 0; k < units[i].length; k++) {
                    float value = units[i][k];
                    int at = k * count;
                    for (int c = 0; c < count; c++) {
                        scores[c] += value * tile[at + c];
                    }
                }
                for (int c = 0; c < count; c++) {
                    if (from + c != i) {
                        nearest[i].offer(from + c, scores[c]);
                    }
                }
            });
        }
        return Arrays.stream(nearest).map(found -> found.after(skip)).toArray(int[][]::new);
    }

    private static float[][] units(float[][] rows) {
        return Arrays.stream(rows)
                .map(row -> {
                    double squares = 0;
                    for (float value : row) {
                        squares += (double) value * value;
                    }
                    float length = squares == 0 ? 1 : (float) Math.sqrt(squares);
                    float[] unit = new float[row.length];
                    for (int k = 0; k < row.length; k++) {
                        unit[k] = row[k] / length;
                    }
                    return unit;
                })
                .toArray(float[][]::new);
    }

    private static float[] columns(float[][] rows, int from, int count) {
        int width = rows[from].length;
        float[] columns = new float[width * count];
        for (int c = 0; c < count; c++) {
            for (int k = 0; k < width; k++) {
                columns[k * count + c] = rows[from + c][k];
            }
        }
        return columns;
    }

    /** The nearest candidates so far, nearest first. Candidates are offered in the order of their numbers. */
    private static final class Nearest {

        private final int[] candidates;
        private final float[] scores;
        private int size;

        Nearest(int most) {
            candidates = new int[most];
            scores = new float[most];
        }

        void offer(int candidate, float score) {
            if (size == candidates.length) {
                if (size == 0 || !(score > scores[size - 1])) {
                    return;
                }
                size--;
            }
            int low = 0;
            int high = size;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (scores[middle] >= score) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            System.arraycopy(candidates, low, candidates, low + 1, size - low);
            System.arraycopy(scores, low, scores, low + 1, size - low);
            candidates[low] = candidate;
            scores[low] = score;
            size++;
        }

        int[] after(int skip) {
            return Arrays.copyOfRange(candidates, Math.min(skip, size), size);
        }
    }
}
