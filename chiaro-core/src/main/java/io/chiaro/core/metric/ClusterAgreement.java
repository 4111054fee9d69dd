package io.chiaro.core.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How well clusters agree with known classes. Both are given as numbers that only name a group. With n_ck items of class
 * c in cluster k: {@code H(C) = -sum_c n_c/n ln(n_c/n)}, {@code H(C|K) = -sum_ck n_ck/n ln(n_ck/n_k)}.
 */
public final class ClusterAgreement {

    private final Map<Integer, Integer> classes = new HashMap<>();
    private final Map<Integer, Integer> clusters = new HashMap<>();
    private final Map<Long, Integer> cells = new HashMap<>();
    private final int total;

    private ClusterAgreement(int total) {
        this.total = total;
    }

    /**
     * Counts how classes and clusters meet.
     *
     * @throws IllegalArgumentException if the lengths differ or are 0
     */
    public static ClusterAgreement of(int[] classes, int[] clusters) {
        if (classes.length != clusters.length || classes.length == 0) {
            throw new IllegalArgumentException(
                    "ClusterAgreement: expected one cluster for each of at least one class, but " + "found "
                            + classes.length + " and " + clusters.length);
        }
        ClusterAgreement agreement = new ClusterAgreement(classes.length);
        for (int i = 0; i < classes.length; i++) {
            agreement.classes.merge(classes[i], 1, Integer::sum);
            agreement.clusters.merge(clusters[i], 1, Integer::sum);
            agreement.cells.merge((long) classes[i] << 32 | clusters[i] & 0xFFFFFFFFL, 1, Integer::sum);
        }
        return agreement;
    }

    /**
     * The harmonic mean of homogeneity {@code 1 - H(C|K)/H(C)} and completeness {@code 1 - H(K|C)/H(K)}, each 1 where its
     * denominator is 0 (Rosenberg and Hirschberg, "V-Measure", EMNLP 2007).
     */
    public double vMeasure() {
        double information = information();
        double classEntropy = entropy(classes);
        double clusterEntropy = entropy(clusters);
        double homogeneity = classEntropy == 0 ? 1 : information / classEntropy;
        double completeness = clusterEntropy == 0 ? 1 : information / clusterEntropy;
        double sum = homogeneity + completeness;
        return sum == 0 ? 0 : 2 * homogeneity * completeness / sum;
    }

    /**
     * {@code I(C;K) / ((H(C) + H(K)) / 2)}, the mutual information over the arithmetic mean of the entropies; 1 if both
     * sides are one group.
     */
    public double normalizedMutualInformation() {
        double mean = (entropy(classes) + entropy(clusters)) / 2;
        return mean == 0 ? 1 : information() / mean;
    }

    /**
     * The share of pairs of items that both sides treat alike, corrected for chance: {@code (S - E) / (M - E)} with
     * {@code S = sum_ck C(n_ck, 2)}, {@code A = sum_c C(n_c, 2)}, {@code B = sum_k C(n_k, 2)}, {@code E = A B / C(n, 2)},
     * {@code M = (A + B) / 2} (Hubert and Arabie, "Comparing partitions", 1985, equation 5); 1 where M = E.
     */
    public double adjustedRandIndex() {
        double together = pairs(cells);
        double inClasses = pairs(classes);
        double inClusters = pairs(clusters);
        double all = total * (total - 1.0) / 2;
        double expected = all == 0 ? 0 : inClasses * inClusters / all;
        double most = (inClasses + inClusters) / 2;
        return most == expected ? 1 : (together - expected) / (most - expected);
    }

    /**
     * The largest share of items that are right when each cluster is named after at most one class and no class names two: the
     * matching by Kuhn's Hungarian method ("The Hungarian Method for the Assignment Problem", 1955), in time of the cube of the
     * groups.
     */
    public double accuracy() {
        int[] classNames =
                classes.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        int[] clusterNames =
                clusters.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        int[][] common = new int[Math.max(classNames.length, clusterNames.length)]
                [Math.max(classNames.length, clusterNames.length)];
        for (Map.Entry<Long, Integer> cell : cells.entrySet()) {
            int row = Arrays.binarySearch(classNames, (int) (cell.getKey() >> 32));
            common[row][Arrays.binarySearch(clusterNames, cell.getKey().intValue())] = cell.getValue();
        }
        return (double) largestMatching(common) / total;
    }

    /**
     * The largest sum of cells of which no two share a row or a column. Rows join one at a time; the potentials of rows and columns say
     * which cells are tight, and the shortest way over loose cells finds the row a column.
     */
    private static long largestMatching(int[][] gains) {
        int n = gains.length;
        long[] rowPotential = new long[n + 1];
        long[] columnPotential = new long[n + 1];
        // Row and column 0 stand for none.
        int[] rowOf = new int[n + 1];
        for (int row = 1; row <= n; row++) {
            long[] slack = new long[n + 1];
            Arrays.fill(slack, Long.MAX_VALUE);
            int[] before = new int[n + 1];
            boolean[] visited = new boolean[n + 1];
            rowOf[0] = row;
            int column = 0;
            while (rowOf[column] != 0) {
                visited[column] = true;
                int from = rowOf[column];
                int next = 0;
                long least = Long.MAX_VALUE;
                for (int other = 1; other <= n; other++) {
                    if (!visited[other]) {
                        long loose = -gains[from - 1][other - 1] - rowPotential[from] - columnPotential[other];
                        if (loose < slack[other]) {
                            slack[other] = loose;
                            before[other] = column;
                        }
                        if (slack[other] < least) {
                            least = slack[other];
                            next = other;
                        }
                    }
                }
                for (int other = 0; other <= n; other++) {
                    if (visited[other]) {
                        rowPotential[rowOf[other]] += least;
                        columnPotential[other] -= least;
                    } else {
                        slack[other] -= least;
                    }
                }
                column = next;
            }
            while (column != 0) {
                rowOf[column] = rowOf[before[column]];
                column = before[column];
            }
        }
        long sum = 0;
        for (int column = 1; column <= n; column++) {
            sum += gains[rowOf[column] - 1][column - 1];
        }
        return sum;
    }

    private double information() {
        double sum = 0;
        for (Map.Entry<Long, Integer> cell : cells.entrySet()) {
            double count = cell.getValue();
            double inClass = classes.getOrDefault((int) (cell.getKey() >> 32), 0);
            double inCluster = clusters.getOrDefault(cell.getKey().intValue(), 0);
            sum += count / total * (Math.log(count) + Math.log(total) - Math.log(inClass) - Math.log(inCluster));
        }
        return Math.max(0, sum);
    }

    private double entropy(Map<Integer, Integer> groups) {
        if (groups.size() == 1) {
            return 0;
        }
        double sum = 0;
        for (int count : groups.values()) {
            double share = (double) count / total;
            sum -= share * Math.log(share);
        }
        return sum;
    }

    private static double pairs(Map<?, Integer> groups) {
        return groups.values().stream()
                .mapToDouble(count -> count * (count - 1.0) / 2)
                .sum();
    }
}
