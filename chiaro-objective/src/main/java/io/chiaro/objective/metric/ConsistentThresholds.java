package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * One threshold for all classes: the mean of {@code positiveMargin - s} over positive pairs below that margin, and of {@code s -
 * negativeMargin} over negative pairs above the other (Zhang et al., "Threshold-Consistent Margin Loss for Open-World Deep
 * Metric Learning", ICLR 2024, eq. 4).
 */
public record ConsistentThresholds(
        double positiveMargin, double negativeMargin, double positiveWeight, double negativeWeight)
        implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor near = strip.scores()
                .negate()
                .add(positiveMargin)
                .relu()
                .maskedFill(strip.positives().not(), 0);
        Tensor far = strip.scores()
                .add(-negativeMargin)
                .relu()
                .maskedFill(strip.negatives().not(), 0);
        return List.of(weighted(near, positiveWeight), weighted(far, negativeWeight));
    }

    private static Term weighted(Tensor values, double weight) {
        Term term = Term.meanAboveZero(values);
        return new Term(term.sums().multiply(weight), term.counts());
    }

    @Override
    public String reduction() {
        return "mean over positive pairs below their margin plus mean over negative pairs above theirs";
    }
}
