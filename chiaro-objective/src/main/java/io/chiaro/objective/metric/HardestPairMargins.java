package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code max(0, positiveMargin - s_p) + max(0, s_n - negativeMargin)} with s_n the similarity of the nearest negative; the mean
 * over anchors with a positive (Wieting and Gimpel, "ParaNMT-50M", ACL 2018, eq. 1, whose margin is here one for each side).
 */
public record HardestPairMargins(double positiveMargin, double negativeMargin) implements RowDivergence {

    @Override
    public boolean readsScale() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor scores = strip.scores().divide(strip.scales());
        Tensor near = strip.mean(scores, strip.positives())
                .negate()
                .add(positiveMargin)
                .relu();
        Tensor far =
                strip.max(scores, strip.negatives()).add(-negativeMargin).relu().multiply(strip.has(strip.negatives()));
        return List.of(Term.mean(near.add(far), strip.has(strip.positives())));
    }
}
