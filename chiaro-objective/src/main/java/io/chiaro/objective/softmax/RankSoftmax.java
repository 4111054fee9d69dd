package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.objective.Supervision;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Ranks by the distance of numbers: for anchor i each other row j is a positive in turn, against all rows whose number is at
 * least as far from i's (Zha et al., "Rank-N-Contrast: Learning Continuous Representations for Regression", NeurIPS 2023,
 * eq. 2): {@code -mean over j of ( s_ij - log sum over k with d_ik >= d_ij of exp s_ik )}.
 */
public record RankSoftmax() implements RowDivergence {

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.GoldScores.class;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.targetDistances();
        Tensor candidates = strip.candidates();
        // With the farthest first, the rows at least as far as the k-th are those up to the last one of its distance.
        Tensor order = distances.maskedFill(candidates.not(), -1).sortedIndices(1, true);
        Tensor sorted = strip.scores().gather(1, order);
        Tensor sortedDistances = distances.gather(1, order);
        Tensor valid = candidates.to(sorted.type()).gather(1, order).isGreater(0.5);
        Tensor shift = sorted.detach().max(1, true);
        Tensor sums = sorted.subtract(shift).exp().maskedFill(valid.not(), 0).cumulativeSum(1);
        int m = Math.toIntExact(sorted.size(1));
        Tensor last = lastOfEqual(sortedDistances.detach(), valid, m);
        Tensor below = sums.gather(1, last).atLeast(Float.MIN_NORMAL).log().add(shift);
        Tensor losses = strip.sum(below.subtract(sorted), valid)
                .divide(strip.count(valid).atLeast(1));
        return List.of(Term.mean(losses, strip.has(valid)));
    }

    /** For each place of rows sorted by falling distance, the last valid place with the same distance. */
    private static Tensor lastOfEqual(Tensor distances, Tensor valid, int m) {
        int n = Math.toIntExact(distances.size(0));
        double[] values = distances.toDoubles();
        double[] kept = valid.to(distances.type()).toDoubles();
        long[] last = new long[n * m];
        for (int i = 0; i < n; i++) {
            for (int j = m - 1; j >= 0; j--) {
                int at = i * m + j;
                boolean equal = j + 1 < m && kept[at + 1] > 0 && values[at + 1] == values[at];
                last[at] = equal ? last[at + 1] : j;
            }
        }
        return Tensor.of(last, n, m);
    }
}
