package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * L_out of Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, eq. 2, {@code -1/|P| sum over p of ( s_ip - log sum
 * over k of exp s_ik )}, as pytorch-metric-learning takes its mean: over the anchors above zero that have positives and
 * negatives. A batch of one class has the value 0, so that a class is not torn apart where nothing stands against it.
 */
public record SharesAboveZero() implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor both = strip.has(strip.positives()).multiply(strip.has(strip.negatives()));
        Tensor losses = strip.logSumExp(strip.scores(), strip.candidates())
                .subtract(strip.mean(strip.scores(), strip.positives()))
                .multiply(both);
        return List.of(new Term(losses, losses.detach().isGreater(0).to(losses.type())));
    }

    @Override
    public String reduction() {
        return "mean over anchors above zero";
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        return Optional.of(Compared.softmax(strip));
    }
}
