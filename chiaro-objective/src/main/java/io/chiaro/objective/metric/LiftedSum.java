package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code max(0, log sum over P of exp(d - positive) + log sum over N of exp(negative - d))}, the mean over all anchors
 * (Hermans, Beyer and Leibe, "In Defense of the Triplet Loss", 2017, eq. 8: the generalised lifted structure).
 */
public record LiftedSum(double positive, double negative) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.scores().negate();
        Tensor losses = strip.logSumExp(distances.add(-positive), strip.positives())
                .add(strip.logSumExp(distances.negate().add(negative), strip.negatives()))
                .relu();
        return List.of(Term.mean(losses, losses.detach().multiply(0).add(1)));
    }

    @Override
    public String reduction() {
        return "mean over anchors";
    }
}
