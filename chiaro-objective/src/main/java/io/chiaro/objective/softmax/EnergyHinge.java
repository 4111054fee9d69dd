package io.chiaro.objective.softmax;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The softmax of a batch with its hard negatives, and a hinge between the positive and the most offending negative, which goes
 * on where the softmax is content (Jiang, Zhang and Wang, "Improved Universal Sentence Embeddings with Prompt-based Contrastive
 * Learning and Energy-based Learning", Findings of EMNLP 2022, section 3.2). With a, p and n the anchors, positives and hard
 * negatives, all rows of length one, and c running over the positives and hard negatives of all items:
 *
 * <pre>
 * softmax = -log( exp(a_i p_i / tau) / sum over c of exp(a_i c / tau) ),   mean over items
 * hinge   = max(0, margin + max over c other than p_i of a_i c - a_i p_i), mean over items
 * loss    = softmax + weight hinge
 * </pre>
 *
 * <p>Energy is the negative cosine, and has no temperature. View 0 holds the anchors, view 1 the positives, all others hard
 * negatives.
 *
 * @param margin of cosines
 * @param weight at least 0
 */
public record EnergyHinge(double temperature, double margin, double weight) implements BatchLoss {

    private static final double BELOW_EVERY_COSINE = -2;

    public EnergyHinge {
        if (!(weight >= 0)) {
            throw new IllegalArgumentException("EnergyHinge: expected a weight of at least 0, but found " + weight);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor anchors = batch.unit(0);
        Tensor own = anchors.multiply(batch.unit(1)).sum(1, false);
        Tensor candidates =
                Tensor.concatenate(batch.units().subList(1, batch.views().size()), 0);
        Tensor cosines = anchors.matmul(candidates.transpose(0, 1));
        Tensor softmax = cosines.divide(temperature).logSumExp(1, false).subtract(own.divide(temperature));
        Tensor offending =
                cosines.maskedFill(isOwn(batch, candidates), BELOW_EVERY_COSINE).max(1, false);
        Tensor hinge = offending.subtract(own).add(margin).relu();
        return softmax.add(hinge.multiply(weight)).mean();
    }

    /** True where a candidate is the anchor's own positive, [B, candidates]. */
    private static Tensor isOwn(ViewBatch batch, Tensor candidates) {
        return Tensor.range(candidates.size(0))
                .unsqueeze(0)
                .isEqual(Tensor.range(batch.items()).unsqueeze(1));
    }

    @Override
    public boolean hardNegatives() {
        return true;
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public int views() {
        return 3;
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
