package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Every pair judged alone: {@code sum over j of log(1 + exp(-y_ij (s_ij + b)))} with y = 1 for positives and -1 for negatives
 * (Zhai et al., "Sigmoid Loss for Language Image Pre-Training", ICCV 2023, eq. 1); the mean over anchors.
 *
 * @param bias b, added to the scaled scores; -10 suits batches of many thousands, -log(B - 1) small ones
 */
public record PairLogistic(double bias) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor logits = strip.scores().add(bias);
        Tensor losses = strip.sum(logits.negate().softplus(), strip.positives())
                .add(strip.sum(logits.softplus(), strip.negatives()));
        return List.of(Term.mean(losses, strip.has(strip.candidates())));
    }

    @Override
    public boolean feelsBias() {
        return true;
    }

    @Override
    public String reduction() {
        return "sum over candidates, mean over anchors";
    }

    /** q is the logistic function of each score on its own. */
    @Override
    public Optional<Compared> compared(Strip strip) {
        Tensor model = strip.scores()
                .add(bias)
                .negate()
                .softplus()
                .negate()
                .exp()
                .maskedFill(strip.candidates().not(), 0);
        return Optional.of(new Compared(strip.positives().to(model.type()), model, null));
    }
}
