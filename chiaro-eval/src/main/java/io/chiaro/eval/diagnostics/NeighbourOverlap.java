package io.chiaro.eval.diagnostics;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Whether two spaces have the same neighbourhoods: of the k nearest rows of each row by cosine, the share that both spaces
 * name (the k-NN overlap ratio of Li et al., "Lost in embeddings", Findings of EMNLP 2025).
 *
 * <pre>  overlap = mean_i |N_k(a_i) intersected with N_k(b_i)| / k</pre>
 *
 * @param neighbours k
 * @param overlap from 0 to 1
 * @param chance {@code k / (N - 1)}, what unrelated spaces have
 */
public record NeighbourOverlap(int neighbours, double overlap, double chance) {

    /**
     * Of rows [N, d] and the same items in another space [N, e].
     *
     * @param neighbours from 1 to N - 1
     */
    public static NeighbourOverlap of(float[][] first, float[][] second, int neighbours) {
        UnitRows.expectPaired("NeighbourOverlap.of", first, second);
        int n = first.length;
        if (neighbours < 1 || neighbours > n - 1) {
            throw new IllegalArgumentException("NeighbourOverlap.of: expected from 1 to " + (n - 1) + " neighbours of "
                    + n + " rows, but found " + neighbours);
        }
        UnitRows a = UnitRows.of("NeighbourOverlap.of", first);
        UnitRows b = UnitRows.of("NeighbourOverlap.of", second);
        double[] overlaps = IntStream.range(0, n)
                .parallel()
                .mapToDouble(i -> {
                    Set<Integer> both = nearest(a, i, neighbours);
                    both.retainAll(nearest(b, i, neighbours));
                    return (double) both.size() / neighbours;
                })
                .toArray();
        return new NeighbourOverlap(neighbours, Arrays.stream(overlaps).sum() / n, (double) neighbours / (n - 1));
    }

    /** Of equally near rows the earlier one is taken. */
    private static Set<Integer> nearest(UnitRows rows, int of, int k) {
        double[] nearest = new double[k];
        int[] index = new int[k];
        int size = 0;
        for (int j = 0; j < rows.size(); j++) {
            if (j == of) {
                continue;
            }
            double cosine = rows.cosine(of, j);
            if (size == k && cosine <= nearest[k - 1]) {
                continue;
            }
            int at = size < k ? size++ : k - 1;
            while (at > 0 && nearest[at - 1] < cosine) {
                nearest[at] = nearest[at - 1];
                index[at] = index[at - 1];
                at--;
            }
            nearest[at] = cosine;
            index[at] = j;
        }
        Set<Integer> set = new HashSet<>();
        for (int j = 0; j < size; j++) {
            set.add(index[j]);
        }
        return set;
    }
}
