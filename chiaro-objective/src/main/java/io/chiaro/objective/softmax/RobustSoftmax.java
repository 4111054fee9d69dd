package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * NT-Xent that bears wrong positives (Chuang et al., "Robust Contrastive Learning against Noisy Views", CVPR 2022, eq. 5):
 *
 * <pre>
 * -exp(q s_p) / q + ( lambda (exp s_p + sum over negatives of exp s_k) )^q / q
 * </pre>
 *
 * @param exponent q, in (0, 1]: near 0 it is NT-Xent, at 1 it forgives most
 * @param weight lambda of the denominator
 */
public record RobustSoftmax(double exponent, double weight) implements RowDivergence {

    public RobustSoftmax {
        if (!(exponent > 0 && exponent <= 1) || !(weight > 0)) {
            throw new IllegalArgumentException(
                    "RobustSoftmax: expected an exponent in (0, 1] and a weight above 0, but " + "found " + exponent
                            + " and " + weight);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor positive = strip.mean(strip.scores(), strip.positives());
        Tensor below = strip.logSumExp(strip.scores(), strip.candidates()).add(Math.log(weight));
        Tensor losses = below.multiply(exponent)
                .exp()
                .subtract(positive.multiply(exponent).exp())
                .divide(exponent);
        return List.of(Term.mean(losses, strip.has(strip.positives())));
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        return Optional.of(Compared.softmax(strip));
    }
}
