package io.chiaro.objective.ranking;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * How many negatives stand before a positive. With {@code r = sum over negatives n of sigmoid((s_n - s_j) / temperature)} for
 * each member j of the anchor's class, the anchor among them, a mean over members and then over anchors with a positive of
 *
 * <pre>
 * O   r                                O for original
 * DS  log(1 + r)                       its derivative falls, slowly
 * DQ  1 - (1 + r)^-alpha               its derivative falls, quickly
 * IU  (1 + r) log(1 + r)               its derivative rises, without bound
 * IB  (b r - log(1 + b r)) / b^2       its derivative rises, to a bound
 * </pre>
 *
 * <p>(Li et al., "Rethinking the Optimization of Average Precision: Only Penalizing Negative Instances before Positive Ones is
 * Enough", AAAI 2022, eq. 6 and table 1.)
 */
public record NegativesBefore(Variant variant, double temperature, double b, double alpha) implements RowDivergence {

    /** What is made of the count. */
    public enum Variant {
        O,
        DS,
        DQ,
        IU,
        IB
    }

    @Override
    public boolean readsItself() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor members = strip.positives().or(strip.rest());
        Tensor negatives = strip.negatives().to(strip.scores().type());
        Tensor sums = strip.sumOverEach(
                strip.scores(),
                members,
                (score, present) -> made(strip.scores()
                                .subtract(score)
                                .divide(temperature)
                                .sigmoid()
                                .multiply(negatives)
                                .sum(1, true))
                        .multiply(present));
        Tensor losses = sums.divide(strip.count(members).atLeast(1).unsqueeze(1));
        return List.of(Term.mean(losses, strip.has(strip.positives()).unsqueeze(1)));
    }

    private Tensor made(Tensor before) {
        Tensor onePlus = before.add(1);
        return switch (variant) {
            case O -> before;
            case DS -> onePlus.log();
            case DQ -> onePlus.power(-alpha).negate().add(1);
            case IU -> onePlus.multiply(onePlus.log());
            case IB ->
                before.multiply(b).subtract(before.multiply(b).add(1).log()).divide(b * b);
        };
    }

    @Override
    public String reduction() {
        return "mean over anchors with a positive of the mean over their class";
    }
}
