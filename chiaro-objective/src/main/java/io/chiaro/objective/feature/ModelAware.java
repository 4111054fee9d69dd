package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * NT-Xent of two views whose temperature follows how far they are aligned: {@code temperature * (1 + alpha * (A - threshold))}
 * with A the mean cosine of the positives. With q the share of a positive, {@code -log q} is divided by {@code 1 - q + epsilon},
 * so that its gradient does not fade. A and the divisor are held fixed (Huang et al., "Model-Aware Contrastive Learning: Towards
 * Escaping the Dilemmas", ICML 2023, eq. 9 and 11).
 */
public record ModelAware(double temperature, double alpha, double threshold, double epsilon) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.unit(0);
        Tensor second = batch.unit(1);
        Tensor aligned = first.multiply(second).sum(1, false);
        double adapted = temperature * (1 + alpha * (aligned.detach().mean().item() - threshold));
        // Rounding may leave a share above 1, and 1 + epsilon may be 1.
        Tensor losses = Statistics.softmaxOfPairs(first, second, adapted).atLeast(0);
        Tensor share = losses.detach().negate().exp();
        return losses.divide(share.negate().add(1).add(epsilon)).mean();
    }

    @Override
    public String reduction() {
        return "mean over the items of both views";
    }
}
