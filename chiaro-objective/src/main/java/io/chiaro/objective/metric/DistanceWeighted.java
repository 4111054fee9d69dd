package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Negatives of an anchor weighed so that every distance counts alike. On the unit sphere of d dimensions a distance x has the
 * density {@code x^(d-2) (1 - x^2/4)^((d-3)/2)}; a negative's weight is its inverse, the distance being {@code least} at the
 * least, and 0 from {@code most} on; the weights of an anchor sum to one (Wu et al., "Sampling Matters in Deep Embedding
 * Learning", ICCV 2017, section 4). With c the rows of the anchor's class, each of its positives weighs {@code c / (c - 1)} and
 * each negative c times its weight; the value is the weighted sum of {@code max(0, d_ap - boundary + margin)} and {@code max(0,
 * boundary - d_an + margin)} divided by the weights of the parts above zero.
 *
 * <p>The paper draws negatives by these weights; this is what the mean over ever more draws tends to. Weights have no gradient.
 */
public record DistanceWeighted(double least, double most, double margin, double boundary) implements LabelledLoss {

    public DistanceWeighted {
        if (!(least > 0) || !(most > least) || !(most < 2)) {
            throw new IllegalArgumentException(
                    "DistanceWeighted: expected 0 < least < most < 2, but found " + least + " and " + most);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor distances = Rows.unitDistances(batch.rows());
        Tensor positives = batch.positives();
        Tensor fixed = distances.detach();
        Tensor held = fixed.atLeast(least);
        Tensor reachable = held.isGreater(most)
                .or(held.isEqual(held.multiply(0).add(most)))
                .not()
                .and(batch.sameLabel().not());
        double d = batch.width();
        Tensor logWeights = held.log()
                .multiply(2 - d)
                .subtract(held.square().divide(-4).add(1).atLeast(1e-12).log().multiply((d - 3) / 2));
        Tensor some = reachable.to(fixed.type()).max(1, true);
        Tensor others = positives.to(fixed.type()).sum(1, true);
        Tensor members = others.add(1).multiply(some).multiply(others.atMost(1));
        Tensor negativeWeights = logWeights
                .maskedFill(some.isGreater(0).and(reachable.not()), Double.NEGATIVE_INFINITY)
                .softmax(1)
                .multiply(members);
        Tensor positiveWeights =
                positives.to(fixed.type()).divide(others.atLeast(1)).multiply(members);
        Tensor near = distances.add(margin - boundary).relu();
        Tensor far = distances.negate().add(boundary + margin).relu();
        double above = above(near, positiveWeights) + above(far, negativeWeights);
        return near.multiply(positiveWeights)
                .add(far.multiply(negativeWeights))
                .sum()
                .divide(above > 0 ? above : 1);
    }

    private static double above(Tensor values, Tensor weights) {
        return weights.multiply(values.detach().isGreater(0).to(weights.type()))
                .sum()
                .item();
    }

    @Override
    public String reduction() {
        return "weighted sum over pairs divided by the weights of the parts above zero";
    }
}
