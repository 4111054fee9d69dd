package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of {@code v = log sum over negatives of exp(s_ik - s_ip)} under a value that is always 1: {@code exp(v - c)} with c
 * the value of v, held fixed (Chen et al., "Simpler, Faster, Stronger: Breaking The log-K Curse On Contrastive Learners With
 * FlatNCE", 2021, section 3). The value says nothing of how well a model does; its gradient does not drown in rounding when the
 * positive is far above all negatives.
 */
public record FlatSoftmax() implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor contrast = strip.logSumExp(strip.scores(), strip.negatives())
                .subtract(strip.mean(strip.scores(), strip.positives()));
        Tensor losses = contrast.subtract(contrast.detach()).exp();
        return List.of(Term.mean(losses, strip.has(strip.positives()).multiply(strip.has(strip.negatives()))));
    }

    @Override
    public String reduction() {
        return "mean over anchors with a positive and a negative; always 1";
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        return Optional.of(Compared.softmax(strip, strip.shares(), strip.scores(), strip.negatives()));
    }
}
