package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Each positive alone against the negatives: the mean over pairs of {@code log(1 + sum over n of exp(s_in - s_ip))}. Other
 * positives of the anchor stand in no denominator (the form of pytorch-metric-learning's NTXentLoss; Sohn, "Improved Deep
 * Metric Learning with Multi-class N-pair Loss Objective", NIPS 2016, eq. 5).
 */
public record PairSoftmax() implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor against = strip.logSumExp(strip.scores(), strip.negatives()).unsqueeze(1);
        Tensor both = strip.has(strip.negatives()).unsqueeze(1);
        Tensor losses = against.subtract(strip.scores()).softplus().multiply(both);
        Tensor pairs = strip.positives().to(losses.type());
        return List.of(Term.mean(losses, pairs));
    }

    @Override
    public String reduction() {
        return "mean over positive pairs";
    }
}
