package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Noise stands beside the batch as negatives, so that the space between the texts is kept free (Zhou et al., "Debiased
 * Contrastive Learning of Unsupervised Sentence Representations", ACL 2022, sections 3.2 and 3.3).
 * {@code noise} times as many normal vectors as items are drawn, and moved {@code steps} times to where they hurt most:
 *
 * <pre>
 * loss = -log( exp(a_i p_i / tau) / (sum over k of w_ik exp(a_i p_k / tau) + sum over k of exp(a_i n_k / tau)) ), unit rows
 * n_k  = n_k + rate g_k / |g_k|,   g_k = d loss / d n_k
 * </pre>
 *
 * <p>The noise is held fixed when the model learns. It has no text that a guide could read, so it always counts. The positive is the anchor's text under another dropout mask.
 *
 * @param noise vectors for each item, at least 0
 * @param steps at least 0
 * @param weights w, for the other texts of the batch
 */
public record NoiseNegatives(double temperature, int noise, int steps, double rate, InstanceWeights weights)
        implements BatchLoss {

    public NoiseNegatives {
        if (noise < 0 || steps < 0) {
            throw new IllegalArgumentException(
                    "NoiseNegatives: expected numbers of at least 0, but found " + noise + " and " + steps);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor anchors = batch.unit(0);
        Tensor positives = batch.unit(1);
        Tensor own = anchors.multiply(positives).sum(1, false);
        Tensor scores = weights.counted(anchors.matmul(positives.transpose(0, 1)), batch);
        if (noise > 0) {
            Tensor units = moved(batch, anchors.detach(), scores.detach()).normalize(-1);
            scores = Tensor.concatenate(List.of(scores, anchors.matmul(units.transpose(0, 1))), 1);
        }
        return scores.divide(temperature)
                .logSumExp(1, false)
                .subtract(own.divide(temperature))
                .mean();
    }

    private Tensor moved(ViewBatch batch, Tensor anchors, Tensor scores) {
        int count = noise * batch.items();
        RandomStream random = batch.random("noise negatives");
        double[] values = new double[count * batch.width()];
        for (int k = 0; k < values.length; k++) {
            values[k] = random.nextGaussian();
        }
        Tensor vectors = Tensor.of(values, count, batch.width()).to(anchors.type());
        for (int step = 0; step < steps; step++) {
            Tensor units = vectors.normalize(-1);
            Tensor all = Tensor.concatenate(List.of(scores, anchors.matmul(units.transpose(0, 1))), 1);
            Tensor shares = all.divide(temperature).softmax(1).narrow(1, scores.size(1), count);
            // Of the slope, what lies across a vector; its length is divided out anyway.
            Tensor pull = shares.transpose(0, 1).matmul(anchors);
            Tensor across = pull.subtract(pull.multiply(units).sum(1, true).multiply(units))
                    .divide(vectors.norm(1, true));
            vectors = vectors.add(across.normalize(-1).multiply(rate));
        }
        return vectors.detach();
    }

    @Override
    public boolean guided() {
        return weights.guided();
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
