package io.chiaro.core.metric;

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
