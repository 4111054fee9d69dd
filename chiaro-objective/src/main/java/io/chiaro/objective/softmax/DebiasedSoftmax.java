package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Corrects the negatives of NT-Xent for those that are positives unseen (Chuang et al., "Debiased Contrastive Learning",
 * NeurIPS 2020, eq. 8), and lets hard ones count more (Robinson et al., "Contrastive Learning with Hard Negative Samples",
 * ICLR 2021, section 3). With N negatives, a prior t of the same class and e_k = exp s_ik:
 *
 * <pre>
 * R  = sum over negatives of e_k^beta e_k / mean over negatives of e_k^beta
 * Ng = max( (R - N t e_p) / (1 - t),  N exp(-scale) )
 * loss = -log( e_p / (e_p + Ng) )
 * </pre>
 *
 * <p>The weights take part in the gradient, as in the authors' code. beta 0 is the debiased form, beta 0 and t 0 NT-Xent. The
 * floor is the smallest sum that negatives of unit vectors can have.
 *
 * @param prior t, from 0 to below 1
 * @param reweighting how much hard negatives count
 */
public record DebiasedSoftmax(double prior, Reweighting reweighting) implements RowDivergence {

    /** How much hard negatives count. */
    public sealed interface Reweighting {
        /** beta. */
        double beta();
    }

    /** Every negative counts the same: beta is 0. */
    public record Even() implements Reweighting {
        @Override
        public double beta() {
            return 0;
        }
    }

    /**
     * The nearer negative counts more.
     *
     * @param hardness beta, at least 0
     */
    public record Hardness(double hardness) implements Reweighting {
        public Hardness {
            if (!(hardness >= 0)) {
                throw new IllegalArgumentException("Hardness: expected at least 0, but found " + hardness);
            }
        }

        @Override
        public double beta() {
            return hardness;
        }
    }

    public DebiasedSoftmax {
        if (!(prior >= 0 && prior < 1)) {
            throw new IllegalArgumentException("DebiasedSoftmax: expected a prior in [0, 1), but found " + prior);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Below below = below(strip);
        Tensor losses =
                below.own().add(below.kept()).log().subtract(below.positive().subtract(below.shift()));
        return List.of(Term.mean(losses, strip.has(strip.positives()).multiply(strip.has(strip.negatives()))));
    }

    /**
     * The two parts of the denominator, divided by exp shift.
     *
     * @param positive the mean score of the positives
     * @param own its share
     * @param kept that of the negatives, corrected
     */
    private record Below(Tensor positive, Tensor own, Tensor kept, Tensor shift) {}

    private Below below(Strip strip) {
        double hardness = reweighting.beta();
        Tensor scores = strip.scores();
        Tensor negatives = strip.negatives();
        Tensor count = strip.count(negatives);
        Tensor positive = strip.mean(scores, strip.positives());
        Tensor weighted = strip.logSumExp(scores.multiply(1 + hardness), negatives)
                .subtract(strip.logSumExp(scores.multiply(hardness), negatives))
                .add(count.atLeast(1).log());
        // In logarithms, shifted by the larger of both terms: nothing overflows at a low temperature, and one of both
        // is 1.
        Tensor shift = weighted.where(weighted.isGreater(positive), positive).detach();
        Tensor reweighted = weighted.subtract(shift).exp();
        Tensor own = positive.subtract(shift).exp();
        Tensor corrected =
                reweighted.subtract(count.multiply(own).multiply(prior)).divide(1 - prior);
        Tensor least =
                count.multiply(shift.negate().subtract(strip.scaleOfRows()).exp());
        Tensor kept = corrected.where(corrected.isGreater(least), least);
        return new Below(positive, own, kept, shift);
    }

    /** q of a positive is its share of the denominator, and the share of the negatives is theirs as they weigh. */
    @Override
    public Optional<Compared> compared(Strip strip) {
        Below below = below(strip);
        Tensor whole = below.own().add(below.kept());
        Tensor hard = Compared.softmax(
                        strip, strip.shares(), strip.scores().multiply(1 + reweighting.beta()), strip.negatives())
                .model();
        Tensor model = strip.shares()
                .multiply(below.own().divide(whole).unsqueeze(1))
                .add(hard.multiply(below.kept().divide(whole).unsqueeze(1)));
        return Optional.of(new Compared(strip.shares(), model, whole.log().add(below.shift())));
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
