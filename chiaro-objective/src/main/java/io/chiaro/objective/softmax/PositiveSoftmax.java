package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Minus the logarithm of the share that the positives have in a softmax. With P(i) the positives of anchor i and C(i) those
 * in the denominator:
 *
 * <pre>
 * MEAN_OF_LOGS  -1/|P| sum over p of ( s_ip - log sum over k in C(i) of exp s_ik )   (Khosla et al. 2020, eq. 2, L_out)
 * LOG_OF_MEAN   -log( 1/|P| sum over p of exp s_ip / sum over k of exp s_ik )        (Khosla et al. 2020, eq. 3, L_in)
 * LOG_OF_SUM    -log( sum over p of exp s_ip / sum over k of exp s_ik )              (Goldberger et al. 2005)
 * </pre>
 *
 * <p>With one positive all three are NT-Xent (Chen et al. 2020, eq. 1). A denominator of negatives only is the decoupled
 * form (Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, eq. 3), which can fall below zero.
 */
public record PositiveSoftmax(Share share, Denominator denominator) implements RowDivergence {

    /** How several positives make one value. */
    public enum Share {
        MEAN_OF_LOGS,
        LOG_OF_MEAN,
        LOG_OF_SUM
    }

    /** What stands below. */
    public enum Denominator {
        CANDIDATES,
        NEGATIVES
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor below = below(strip);
        Tensor above = switch (share) {
            case MEAN_OF_LOGS -> strip.mean(strip.scores(), strip.positives());
            case LOG_OF_SUM -> strip.logSumExp(strip.scores(), strip.positives());
            case LOG_OF_MEAN ->
                strip.logSumExp(strip.scores(), strip.positives())
                        .subtract(strip.count(strip.positives()).atLeast(1).log());
        };
        Tensor losses = strip.logSumExp(strip.scores(), below).subtract(above);
        return List.of(Term.mean(losses, strip.has(strip.positives()).multiply(strip.has(below))));
    }

    private Tensor below(Strip strip) {
        return denominator == Denominator.CANDIDATES ? strip.candidates() : strip.negatives();
    }

    /** A logarithm of a sum over positives pulls each of them by its own share of that sum. */
    @Override
    public Optional<Compared> compared(Strip strip) {
        Tensor targets = share == Share.MEAN_OF_LOGS
                ? strip.shares()
                : Compared.softmax(strip, strip.shares(), strip.scores(), strip.positives())
                        .model();
        return Optional.of(Compared.softmax(strip, targets, strip.scores(), below(strip)));
    }
}
