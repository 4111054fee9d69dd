package io.chiaro.objective.ranking;

import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sorting network of alternating odd and even layers whose swaps are soft (Petersen et al., "Monotonic Differentiable Sorting
 * Networks", ICLR 2022, with the Cauchy distribution).
 */
final class Sorting {

    private Sorting() {}

    /**
     * How much of each element ends at each place.
     *
     * @param values [B, m]
     * @return [B, m, m]: row, element, place in rising order
     */
    static Tensor shares(Tensor values, double steepness) {
        int m = Math.toIntExact(values.size(1));
        long rows = values.size(0);
        Tensor places = Tensor.range(m);
        Tensor identity = places.unsqueeze(0).isEqual(places.unsqueeze(1)).to(values.type());
        List<Tensor> at = new ArrayList<>(values.split(1, ones(m)));
        List<Tensor> shares = new ArrayList<>();
        for (int k = 0; k < m; k++) {
            shares.add(identity.narrow(1, k, 1).unsqueeze(0).expand(rows, m, 1));
        }
        for (int layer = 0; layer < m; layer++) {
            for (int a = layer % 2; a + 1 < m; a += 2) {
                swap(at, shares, a, steepness);
            }
        }
        return Tensor.concatenate(shares, 2);
    }

    private static void swap(List<Tensor> at, List<Tensor> shares, int a, double steepness) {
        Tensor low = at.get(a);
        Tensor high = at.get(a + 1);
        Tensor kept = cauchy(high.subtract(low).multiply(steepness));
        Tensor swapped = kept.negate().add(1);
        at.set(a, kept.multiply(low).add(swapped.multiply(high)));
        at.set(a + 1, swapped.multiply(low).add(kept.multiply(high)));
        Tensor lowShares = shares.get(a);
        Tensor highShares = shares.get(a + 1);
        Tensor keptShares = kept.unsqueeze(1);
        Tensor swappedShares = swapped.unsqueeze(1);
        shares.set(a, keptShares.multiply(lowShares).add(swappedShares.multiply(highShares)));
        shares.set(a + 1, swappedShares.multiply(lowShares).add(keptShares.multiply(highShares)));
    }

    /** 1/2 + arctan(x) / pi, which is 1 - arccos(x / sqrt(1 + x^2)) / pi. */
    private static Tensor cauchy(Tensor x) {
        return x.divide(x.square().add(1).sqrt()).acos().divide(-Math.PI).add(1);
    }

    private static long[] ones(int count) {
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
