package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Each anchor has one more negative, a mixture of its own positive with another item's (Zhang et al., "Unsupervised Sentence
 * Representation via Contrastive Learning with Mixing Negatives", AAAI 2022, section 3):
 *
 * <pre>
 * m_i  = share p_i + (1 - share) p_j, j another item drawn at random, scaled to length one and held fixed
 * loss = -log( exp(a_i p_i / tau) / (sum over k of exp(a_i p_k / tau) + exp(a_i m_i / tau)) )
 * </pre>
 *
 * <p>So the gradient does not fade once the positive is near. The positive is the anchor's text under another dropout mask.
 *
 * @param share of the positive, from 0 to 1
 */
public record MixtureWithPositive(double temperature, double share) implements BatchLoss {

    public MixtureWithPositive {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("MixtureWithPositive: expected a share from 0 to 1, but found " + share);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor anchors = batch.unit(0);
        Tensor positives = batch.unit(1);
        Tensor scores = anchors.matmul(positives.transpose(0, 1));
        Tensor own = anchors.multiply(positives).sum(1, false);
        if (batch.items() > 1) {
            Tensor mixtures = positives
                    .multiply(share)
                    .add(positives.indexSelect(0, Tensor.indices(others(batch))).multiply(1 - share))
                    .normalize(-1)
                    .detach();
            Tensor toMixture = anchors.multiply(mixtures).sum(1, true);
            scores = Tensor.concatenate(List.of(scores, toMixture), 1);
        }
        return scores.divide(temperature)
                .logSumExp(1, false)
                .subtract(own.divide(temperature))
                .mean();
    }

    /** Another item for each. */
    private static int[] others(ViewBatch batch) {
        RandomStream random = batch.random("mixture with positive");
        int[] others = new int[batch.items()];
        for (int i = 0; i < others.length; i++) {
            others[i] = (i + 1 + random.nextInt(others.length - 1)) % others.length;
        }
        return others;
    }

    @Override
    public boolean sameText() {
        return true;
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
