package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * How far apart two distributions over an anchor's candidates are: q, the softmax of the scores, and p, which gives {@code 1 -
 * leak} to what the supervision tells, and {@code leak} evenly to all candidates (Alshammari et al., "I-Con: A Unifying Framework for
 * Representation Learning", ICLR 2025, eq. 1 and section 4; other measures in "Beyond I-Con", 2025, section 3).
 *
 * <pre>
 * KULLBACK_LEIBLER   sum p log(p / q)
 * REVERSE            sum q log(q / p), which needs a leak
 * JENSEN_SHANNON     half of sum p log(p / m) + sum q log(q / m), m = (p + q) / 2
 * TOTAL_VARIATION    half of sum |p - q|
 * HELLINGER          1 - sum sqrt(p q)
 * </pre>
 *
 * @param leak from 0 to below 1
 */
public record SharesApart(Measure measure, double leak) implements RowDivergence {

    /** How the distance is measured. */
    public enum Measure {
        /** Kullback-Leibler and the entropy of p, which has no gradient: -sum p log q. */
        CROSS_ENTROPY,
        KULLBACK_LEIBLER,
        REVERSE,
        JENSEN_SHANNON,
        TOTAL_VARIATION,
        HELLINGER
    }

    /** Keeps a logarithm finite where its factor is zero. */
    private static final double LEAST_SHARE = 1e-30;

    public SharesApart {
        if (!(leak >= 0 && leak < 1)) {
            throw new IllegalArgumentException("SharesApart: the leak must be at least 0 and below 1, but was " + leak);
        }
        if (measure == Measure.REVERSE && leak == 0) {
            throw new IllegalArgumentException(
                    "SharesApart: the reverse divergence is infinite without a leak; it must be above 0");
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor candidates = strip.candidates();
        Tensor logQ = strip.scores()
                .subtract(strip.logSumExp(strip.scores(), candidates).unsqueeze(1));
        Tensor q = logQ.maskedFill(candidates.not(), Double.NEGATIVE_INFINITY).exp();
        Tensor told = strip.shares();
        Tensor p = targets(strip);
        Tensor cells = switch (measure) {
            case CROSS_ENTROPY -> p.multiply(logQ).negate();
            case KULLBACK_LEIBLER -> p.multiply(log(p).subtract(logQ));
            case REVERSE -> q.multiply(logQ.subtract(log(p)));
            case JENSEN_SHANNON -> {
                Tensor middle = log(p.add(q).divide(2));
                yield p.multiply(log(p).subtract(middle))
                        .add(q.multiply(logQ.subtract(middle)))
                        .divide(2);
            }
            case TOTAL_VARIATION -> p.subtract(q).abs().divide(2);
            case HELLINGER -> p.subtract(p.sqrt().multiply(logQ.divide(2).exp()));
        };
        return List.of(Term.mean(
                strip.sum(cells, candidates), told.sum(1, false).isGreater(0).to(cells.type())));
    }

    @Override
    public boolean takesShares() {
        return true;
    }

    private static Tensor log(Tensor shares) {
        return shares.atLeast(LEAST_SHARE).log();
    }

    private static Tensor even(Strip strip, Tensor mask) {
        return mask.to(strip.scores().type())
                .divide(strip.count(mask).atLeast(1).unsqueeze(1));
    }

    /** p. */
    private Tensor targets(Strip strip) {
        return strip.shares()
                .multiply(1 - leak)
                .add(even(strip, strip.candidates()).multiply(leak));
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        return Optional.of(Compared.softmax(strip, targets(strip), strip.scores(), strip.candidates()));
    }
}
