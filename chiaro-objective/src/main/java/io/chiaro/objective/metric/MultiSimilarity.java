package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code 1/alpha log(1 + sum over P of exp(-alpha (s - base))) + 1/beta log(1 + sum over N of exp(beta (s - base)))}, the mean
 * over all anchors (Wang et al., "Multi-Similarity Loss with General Pair Weighting", CVPR 2019, eq. 12).
 */
public record MultiSimilarity(double alpha, double beta, double base) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor scores = strip.scores().add(-base);
        Tensor losses = onePlus(strip, scores.multiply(-alpha), strip.positives())
                .divide(alpha)
                .add(onePlus(strip, scores.multiply(beta), strip.negatives()).divide(beta));
        return List.of(Term.mean(losses, losses.detach().multiply(0).add(1)));
    }

    /** log(1 + sum exp), 0 for a row without marked cells. */
    private static Tensor onePlus(Strip strip, Tensor values, Tensor mask) {
        return strip.logSumExp(values, mask).softplus().multiply(strip.has(mask));
    }

    @Override
    public String reduction() {
        return "mean over anchors";
    }
}
