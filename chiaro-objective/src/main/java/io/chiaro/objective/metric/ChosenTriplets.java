package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Triplets chosen by how much nearer the positive is than the negative, {@code g = s_p - s_n}; the choice has no gradient.
 *
 * <pre>
 * VIOLATING   g at most {@code slack}
 * HARD        g at most 0: the negative is nearer
 * SEMI_HARD   g above 0 and at most {@code slack}
 * EASY        g above {@code slack}
 * </pre>
 *
 * <p>(Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, section 3.2.) Each chosen triplet costs {@code max(0, margin - g)},
 * the mean over those above zero, or {@code log(1 + exp(margin - g))}, the mean over all chosen ones.
 *
 * @param triplets which ones
 * @param slack up to which g a triplet is violated
 * @param margin of what is paid
 * @param smooth whether the cost is never zero
 */
public record ChosenTriplets(Which triplets, double slack, double margin, boolean smooth) implements RowDivergence {

    /** Which triplets are chosen. */
    public enum Which {
        VIOLATING,
        HARD,
        SEMI_HARD,
        EASY
    }

    public ChosenTriplets {
        if (!(slack >= 0)) {
            throw new IllegalArgumentException("ChosenTriplets: expected a slack of at least 0, but found " + slack);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor sums = strip.sumOverEach(strip.scores(), strip.positives(), (positive, present) -> {
            Tensor cost = strip.scores().subtract(positive).add(margin);
            return (smooth ? cost.softplus() : cost.relu())
                    .multiply(chosen(strip, positive))
                    .multiply(present);
        });
        Tensor counts = strip.sumOverEach(strip.scores().detach(), strip.positives(), (positive, present) -> {
            Tensor chosen = chosen(strip, positive);
            Tensor cost = strip.scores().detach().subtract(positive).add(margin);
            Tensor counted = smooth ? chosen : chosen.multiply(cost.isGreater(0).to(chosen.type()));
            return counted.multiply(present);
        });
        return List.of(new Term(sums, counts));
    }

    /** 1 for the negatives that make a chosen triplet with a positive of each row, else 0, [n, m]. */
    private Tensor chosen(Strip strip, Tensor positive) {
        Tensor gain = positive.detach().subtract(strip.scores().detach());
        Tensor kept = switch (triplets) {
            case VIOLATING -> gain.isGreater(slack).not();
            case HARD -> gain.isGreater(0).not();
            case SEMI_HARD -> gain.isGreater(0).and(gain.isGreater(slack).not());
            case EASY -> gain.isGreater(slack);
        };
        return kept.and(strip.negatives()).to(gain.type());
    }

    @Override
    public String reduction() {
        return smooth ? "mean over chosen triplets" : "mean over chosen triplets above zero";
    }
}
