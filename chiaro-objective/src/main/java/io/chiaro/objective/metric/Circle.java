package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * With gamma the scale, {@code log(1 + sum over N of exp(gamma a_n (s_n - m)) sum over P of exp(-gamma a_p (s_p - 1 + m)))} with the weights a_p =
 * max(0, 1 + m - s_p) and a_n = max(0, s_n + m) held fixed; the mean over anchors above zero that have both kinds (Sun et
 * al., "Circle Loss", CVPR 2020, eq. 6).
 *
 * @param margin m
 */
public record Circle(double margin) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor gamma = strip.scales();
        Tensor scores = strip.scores().divide(gamma);
        Tensor fixed = scores.detach();
        Tensor near = fixed.negate()
                .add(1 + margin)
                .relu()
                .multiply(scores.add(margin - 1))
                .multiply(gamma.negate());
        Tensor far = fixed.add(margin).relu().multiply(scores.add(-margin)).multiply(gamma);
        Tensor both = strip.has(strip.positives()).multiply(strip.has(strip.negatives()));
        Tensor losses = strip.logSumExp(near, strip.positives())
                .add(strip.logSumExp(far, strip.negatives()))
                .softplus()
                .multiply(both);
        return List.of(Term.meanAboveZero(losses));
    }

    @Override
    public String reduction() {
        return "mean over anchors above zero";
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
