package io.chiaro.objective.ranking;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Positives inside a ball of radius {@code boundary - margin}, negatives outside {@code boundary}: {@code (1 - imbalance) L_P +
 * imbalance L_N} with the means, weighted by exp(temperature * violation), of {@code d - (boundary - margin)} over positives
 * outside and of {@code boundary - d} over negatives inside; the mean over all anchors (Wang et al., "Ranked List Loss for Deep
 * Metric Learning", CVPR 2019, eq. 8). Gradients flow through the weights. As in the reference, 1e-5 for each candidate is
 * added to a sum of weights, the anchor included.
 */
public record RankedList(
        double margin, double boundary, double positiveTemperature, double negativeTemperature, double imbalance)
        implements RowDivergence {

    private static final double ADDED_TO_EACH_WEIGHT = 1e-5;

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.scores().divide(strip.scales()).negate();
        Tensor outside = distances.add(margin - boundary);
        Tensor inside = distances.negate().add(boundary);
        Tensor positives = weightedMean(outside, positiveTemperature, strip.positives(), strip);
        Tensor negatives = weightedMean(inside, negativeTemperature, strip.negatives(), strip);
        Tensor losses = positives.multiply(1 - imbalance).add(negatives.multiply(imbalance));
        return List.of(Term.mean(losses, losses.detach().multiply(0).add(1)));
    }

    private static Tensor weightedMean(Tensor violations, double temperature, Tensor mask, Strip strip) {
        Tensor counted = violations.isGreater(0).and(mask);
        Tensor weights = violations
                .multiply(temperature)
                .maskedFill(counted.not(), Double.NEGATIVE_INFINITY)
                .exp();
        double added = ADDED_TO_EACH_WEIGHT * violations.size(1);
        return strip.sum(weights.multiply(violations), counted)
                .divide(weights.sum(1, false).add(added));
    }

    @Override
    public String reduction() {
        return "mean over anchors";
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
