package io.chiaro.objective.metric;

import io.chiaro.objective.JudgedByAnother;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * A divergence that sees only some of an anchor's positives and negatives, chosen by their scores; the choice has no gradient.
 *
 * <pre>
 * ALL           every one
 * HARDEST       the farthest positive, the nearest negative
 *               (Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017, eq. 5)
 * EASIEST       the nearest positive, the farthest negative
 * SEMI_HARD     the nearest negative that is farther than the chosen positive, the farthest positive that is nearer than the
 *               chosen negative (Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, section 3.2)
 * INFORMATIVE   positives less than {@code slack} above the nearest negative, negatives less than it below the farthest
 *               positive (Wang et al., "Multi-Similarity Loss", CVPR 2019, eq. 9 and 10)
 * </pre>
 *
 * <p>Of equals the first is chosen. Where single ones are chosen on both sides, an anchor that lacks one of them lacks the other too.
 *
 * @param positives which positives
 * @param negatives which negatives
 * @param slack for INFORMATIVE, else 0
 * @param judging what judges them
 */
public record Mined(Choice positives, Choice negatives, double slack, RowDivergence judging)
        implements JudgedByAnother {

    /** Which ones are chosen. */
    public enum Choice {
        ALL,
        HARDEST,
        EASIEST,
        SEMI_HARD,
        INFORMATIVE
    }

    public Mined {
        JudgedByAnother.requireMasks(judging);
        if (positives == Choice.SEMI_HARD && negatives != Choice.HARDEST && negatives != Choice.EASIEST
                || negatives == Choice.SEMI_HARD && positives != Choice.HARDEST && positives != Choice.EASIEST) {
            throw new IllegalArgumentException(
                    "Mined: semi-hard on one side needs the hardest or easiest on the other, but " + "found "
                            + positives + " and " + negatives);
        }
        if (slack != 0 && positives != Choice.INFORMATIVE && negatives != Choice.INFORMATIVE) {
            throw new IllegalArgumentException("Mined: a slack is for informative ones and has no effect on "
                    + positives + " and " + negatives + "; it must be 0, but was " + slack);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor scores = strip.scores().detach();
        Tensor near;
        Tensor far;
        if (negatives == Choice.SEMI_HARD) {
            near = chosen(strip, scores, strip.positives(), positives == Choice.EASIEST);
            Tensor limit = strip.max(scores, near).unsqueeze(1);
            Tensor below = strip.negatives().and(limit.isGreater(scores));
            far = chosen(strip, scores, below.and(anyOf(strip, near)), true);
        } else if (positives == Choice.SEMI_HARD) {
            far = chosen(strip, scores, strip.negatives(), negatives == Choice.HARDEST);
            Tensor limit = strip.max(scores, far).unsqueeze(1);
            Tensor above = strip.positives().and(scores.isGreater(limit));
            near = chosen(strip, scores, above.and(anyOf(strip, far)), false);
        } else {
            near = of(strip, scores, positives, true);
            far = of(strip, scores, negatives, false);
        }
        boolean single = positives != Choice.ALL
                && negatives != Choice.ALL
                && positives != Choice.INFORMATIVE
                && negatives != Choice.INFORMATIVE;
        if (single) {
            Tensor both = anyOf(strip, near).and(anyOf(strip, far));
            near = near.and(both);
            far = far.and(both);
        }
        return judging.terms(strip.withMasks(near, far));
    }

    private Tensor of(Strip strip, Tensor scores, Choice choice, boolean positive) {
        Tensor mask = positive ? strip.positives() : strip.negatives();
        return switch (choice) {
            case ALL -> mask;
            case HARDEST -> chosen(strip, scores, mask, !positive);
            case EASIEST -> chosen(strip, scores, mask, positive);
            case INFORMATIVE -> informative(strip, scores, positive);
            case SEMI_HARD -> throw new IllegalStateException("Mined: semi-hard is chosen after the other side");
        };
    }

    private Tensor informative(Strip strip, Tensor scores, boolean positive) {
        if (positive) {
            Tensor limit = strip.max(scores, strip.negatives()).add(slack).unsqueeze(1);
            return strip.positives().and(limit.isGreater(scores)).and(anyOf(strip, strip.negatives()));
        }
        Tensor limit = strip.min(scores, strip.positives()).add(-slack).unsqueeze(1);
        return strip.negatives().and(scores.isGreater(limit)).and(anyOf(strip, strip.positives()));
    }

    /** The marked cell of each row with the highest score, or the lowest; of equals the first. */
    private static Tensor chosen(Strip strip, Tensor scores, Tensor mask, boolean highest) {
        Tensor best = highest ? strip.max(scores, mask) : strip.min(scores, mask);
        Tensor equal = mask.and(scores.isEqual(best.unsqueeze(1)));
        Tensor places = Tensor.range(scores.size(1)).to(scores.type()).unsqueeze(0);
        Tensor first = places.add(scores.multiply(0))
                .maskedFill(equal.not(), Double.POSITIVE_INFINITY)
                .negate()
                .max(1, true)
                .negate();
        return equal.and(places.isEqual(first));
    }

    /** True for rows with a marked cell, [n, 1]. */
    private static Tensor anyOf(Strip strip, Tensor mask) {
        return strip.has(mask).isGreater(0).unsqueeze(1);
    }
}
