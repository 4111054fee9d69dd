package io.chiaro.data;

import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Rows that are hard negatives of each other, found before training, so that batches can be made of them (Thirukovalluru et al.,
 * "Breaking the Batch Barrier (B3) of Contrastive Learning via Smart Batch Mining", 2025, section 3): a teacher ranks the
 * documents for each query; the first ranks are passed over, as false negatives stand there; rows are joined that rank each
 * other, and the graph is cut into communities of one size that hold many of its edges.
 *
 * <p>The cut is a greedy one, where the paper takes METIS: a community begins with a row drawn at random and takes, one by one,
 * the free row with the most edges into it, so that it is full before the next begins. Time grows with rows times size times edges
 * of a row; memory with the edges.
 */
public final class Communities {

    private Communities() {}

    /**
     * Which documents a query may have in its community.
     *
     * @param size rows of a community; the last may have fewer
     * @param skip nearest documents of a query that are passed over, 30 in the paper
     * @param keep documents behind these, 100 in the paper
     */
    public record Settings(int size, int skip, int keep) {

        public Settings {
            if (size < 2 || skip < 0 || keep < 1) {
                throw new IllegalArgumentException(
                        "Communities: expected a size of at least 2, no or some ranks to skip "
                                + "and some to keep, but found " + size + ", " + skip + " and " + keep);
            }
        }

        /** Communities of so many rows by the ranks of the paper. */
        public static Settings of(int size) {
            return new Settings(size, 30, 100);
        }

        /**
         * These with ranks that fit a small set. The ranks of the paper are few of a large set, but of 200 rows they leave out the near
         * ones and join the far ones: at most one in fifty is passed over here, and at most one in ten kept, or a community.
         */
        public Settings within(int rows) {
            return new Settings(size, Math.min(skip, rows / 50), Math.min(keep, Math.max(size, rows / 10)));
        }
    }

    /**
     * The number of each row's community.
     *
     * @param queries what a teacher makes of the first text (or picture) of each row, [N][d]
     * @param documents what it makes of the second, [N][d]; the same array where there is one only
     */
    public static int[] of(float[][] queries, float[][] documents, Settings settings, long seed) {
        if (queries.length != documents.length) {
            throw new IllegalArgumentException("Communities: expected a document for each of " + queries.length
                    + " queries, but found " + documents.length);
        }
        int[][] ranked = NearestRows.ranked(queries, documents, settings.skip(), settings.keep());
        return partition(mutual(ranked), settings.size(), seed);
    }

    /**
     * How near rows are to the documents of other rows.
     *
     * @param together the mean cosine within communities, NaN without two rows in one
     * @param random the mean cosine of all rows, as in batches that are drawn at random
     */
    public record Nearness(double together, double random) {}

    /**
     * How much nearer rows of a community are than any. With unit rows q and d the sum over i and other j is (sum q) (sum d) - sum of
     * q_i d_i, so that time and memory grow with the rows.
     */
    public static Nearness nearness(float[][] queries, float[][] documents, int[] communities) {
        return new Nearness(mean(queries, documents, communities), mean(queries, documents, new int[queries.length]));
    }

    private static double mean(float[][] queries, float[][] documents, int[] groups) {
        int width = queries.length == 0 ? 0 : queries[0].length;
        Map<Integer, double[]> sums = new HashMap<>();
        for (int i = 0; i < groups.length; i++) {
            // Of queries, of documents, of own products, and the count.
            double[] sum = sums.computeIfAbsent(groups[i], key -> new double[2 * width + 2]);
            double first = length(queries[i]);
            double second = length(documents[i]);
            for (int k = 0; k < width; k++) {
                double query = queries[i][k] / first;
                double document = documents[i][k] / second;
                sum[k] += query;
                sum[width + k] += document;
                sum[2 * width] += query * document;
            }
            sum[2 * width + 1]++;
        }
        double total = 0;
        double pairs = 0;
        for (double[] sum : sums.values()) {
            for (int k = 0; k < width; k++) {
                total += sum[k] * sum[width + k];
            }
            total -= sum[2 * width];
            pairs += sum[2 * width + 1] * (sum[2 * width + 1] - 1);
        }
        return total / pairs;
    }

    private static double length(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        return squares == 0 ? 1 : Math.sqrt(squares);
    }

    /** Of each row those of its neighbours that have it as a neighbour, too. */
    static int[][] mutual(int[][] neighbours) {
        int[][] sorted = Arrays.stream(neighbours)
                .map(row -> Arrays.stream(row).sorted().toArray())
                .toArray(int[][]::new);
        int[][] mutual = new int[neighbours.length][];
        for (int i = 0; i < neighbours.length; i++) {
            int row = i;
            mutual[i] = Arrays.stream(sorted[i])
                    .filter(other -> Arrays.binarySearch(sorted[other], row) >= 0)
                    .toArray();
        }
        return mutual;
    }

    /**
     * Cuts an undirected graph into communities of one size.
     *
     * @param neighbours of each row
     */
    static int[] partition(int[][] neighbours, int size, long seed) {
        int rows = neighbours.length;
        int[] community = new int[rows];
        Arrays.fill(community, -1);
        int[] order = RandomStream.of(seed, "communities").permutation(rows);
        int[] edges = new int[rows];
        int[] reached = new int[rows];
        int next = 0;
        for (int number = 0; number * (long) size < rows; number++) {
            int touched = 0;
            int members = Math.min(size, rows - number * size);
            for (int m = 0; m < members; m++) {
                int best = -1;
                for (int k = 0; k < touched; k++) {
                    int row = reached[k];
                    if (community[row] < 0 && (best < 0 || edges[row] > edges[best])) {
                        best = row;
                    }
                }
                if (best < 0) {
                    while (community[order[next]] >= 0) {
                        next++;
                    }
                    best = order[next];
                }
                community[best] = number;
                for (int other : neighbours[best]) {
                    if (edges[other]++ == 0) {
                        reached[touched++] = other;
                    }
                }
            }
            for (int k = 0; k < touched; k++) {
                edges[reached[k]] = 0;
            }
        }
        return community;
    }
}
