package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * NT-Xent whose gradient does not fade as the positive gains: with q the share of the positive, {@code -log q} is divided by
 * {@code 1 - q}, held fixed (Huang et al., "Model-Aware Contrastive Learning", ICML 2023, eq. 11). The temperature that
 * follows the alignment belongs to the similarity.
 *
 * @param epsilon added to 1 - q
 */
public record ModelAwareSoftmax(double epsilon) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor losses = strip.logSumExp(strip.scores(), strip.candidates())
                .subtract(strip.mean(strip.scores(), strip.positives()));
        Tensor share = losses.detach().negate().exp();
        Tensor weight = Tensor.ones(1).to(share.type()).divide(share.negate().add(1 + epsilon));
        return List.of(Term.mean(losses.multiply(weight), strip.has(strip.positives())));
    }
}
