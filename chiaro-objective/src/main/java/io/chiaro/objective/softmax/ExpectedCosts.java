package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * With d^2 a squared distance: its mean over positives, weighted by the softmax of {@code attraction d^2}, so that far ones
 * count, minus its mean over negatives, weighted by that of {@code -repulsion d^2}, so that near ones do (Zheng et al.,
 * "Contrastive Attraction and Contrastive Repulsion for Representation Learning", 2023, eq. 5 and 6). Gradients flow through the
 * weights. With one positive the first weight is 1: more views than two are what it is made for.
 */
public record ExpectedCosts(double attraction, double repulsion) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor squares = strip.scores().divide(strip.scales()).negate();
        Tensor both = strip.has(strip.positives()).multiply(strip.has(strip.negatives()));
        Tensor losses = expected(strip, squares, squares.multiply(attraction), strip.positives())
                .subtract(expected(strip, squares, squares.multiply(-repulsion), strip.negatives()));
        return List.of(Term.mean(losses, both));
    }

    private static Tensor expected(Strip strip, Tensor costs, Tensor logits, Tensor mask) {
        Tensor weights = logits.subtract(strip.logSumExp(logits, mask).unsqueeze(1))
                .maskedFill(mask.not(), Double.NEGATIVE_INFINITY)
                .exp();
        return strip.sum(weights.multiply(costs), mask);
    }

    @Override
    public String reduction() {
        return "mean over anchors with a positive and a negative";
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
