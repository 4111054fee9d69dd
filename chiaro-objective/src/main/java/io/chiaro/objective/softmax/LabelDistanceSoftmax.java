package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.objective.Supervision;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Contrast for regression. Rows whose numbers differ by at most {@code window} are positives; every other row counts in the
 * denominator the more, the further its number is: log w = {@code slope} |y_i - y_j| (the supervised part of Keramati et al.,
 * "ConR: Contrastive Regularizer for Deep Imbalanced Regression", ICLR 2024, eq. 4, with the masked cells left out and not
 * counted as 1).
 *
 * @param window how far numbers of one neighbourhood lie apart, at least 0
 * @param slope e, at least 0
 */
public record LabelDistanceSoftmax(double window, double slope) implements RowDivergence {

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.GoldScores.class;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor near = near(strip);
        Tensor losses = strip.logSumExp(weighted(strip), strip.candidates()).subtract(strip.mean(strip.scores(), near));
        return List.of(Term.mean(losses, strip.has(near)));
    }

    private Tensor near(Strip strip) {
        return strip.targetDistances().isGreater(window).not().and(strip.candidates());
    }

    private Tensor weighted(Strip strip) {
        Tensor distances = strip.targetDistances();
        Tensor far = distances.isGreater(window).and(strip.candidates());
        return strip.scores().add(distances.multiply(slope).maskedFill(far.not(), 0));
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        Tensor near = near(strip).to(strip.scores().type());
        Tensor targets = near.divide(near.sum(1, true).atLeast(1));
        return Optional.of(Compared.softmax(strip, targets, weighted(strip), strip.candidates()));
    }
}
