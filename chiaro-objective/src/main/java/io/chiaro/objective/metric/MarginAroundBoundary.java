package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Distances below {@code boundary - margin} for positives and above {@code boundary + margin} for negatives, over all
 * triplets, divided by how many of the two parts are above zero (Wu et al., "Sampling Matters in Deep Embedding Learning",
 * ICCV 2017, eq. 5).
 *
 * @param margin on both sides
 * @param boundary beta, the distance that parts both
 */
public record MarginAroundBoundary(double margin, double boundary) implements RowDivergence {

    @Override
    public boolean readsDistances() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.scores().negate();
        Tensor near = distances.add(margin - boundary).relu();
        Tensor far = distances.negate().add(boundary + margin).relu();
        Tensor positives = strip.count(strip.positives());
        Tensor negatives = strip.count(strip.negatives());
        Tensor sums = strip.sum(near, strip.positives())
                .multiply(negatives)
                .add(strip.sum(far, strip.negatives()).multiply(positives));
        Tensor counts = above(strip, near, strip.positives())
                .multiply(negatives)
                .add(above(strip, far, strip.negatives()).multiply(positives));
        return List.of(new Term(sums, counts));
    }

    private static Tensor above(Strip strip, Tensor values, Tensor mask) {
        return strip.count(values.detach().isGreater(0).and(mask));
    }

    @Override
    public String reduction() {
        return "sum over triplets divided by the parts above zero";
    }
}
