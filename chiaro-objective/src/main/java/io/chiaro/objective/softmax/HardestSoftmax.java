package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * NT-Xent against the hardest negatives alone, so that the temperature no longer says how hard they are (Wang and Liu,
 * "Understanding the Behaviour of Contrastive Loss", CVPR 2021, section 3.3): {@code -log( exp s_ip / (exp s_ip + sum over negatives
 * with s_ik at least the threshold of exp s_ik) )}, where the threshold of an anchor leaves {@code share} of its negatives. With a
 * share of 1 this is NT-Xent.
 *
 * @param share of an anchor's negatives that are kept, at least one; above 0 up to 1
 */
public record HardestSoftmax(double share) implements RowDivergence {

    public HardestSoftmax {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "HardestSoftmax: expected a share above 0 and up to 1, but found " + share);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor scores = strip.scores();
        Tensor losses = strip.logSumExp(scores, below(strip)).subtract(strip.mean(scores, strip.positives()));
        return List.of(Term.mean(losses, strip.has(strip.positives()).multiply(strip.has(strip.negatives()))));
    }

    /** Positives and the negatives that are kept. */
    private Tensor below(Strip strip) {
        Tensor scores = strip.scores();
        Tensor negatives = strip.negatives();
        Tensor counts = strip.count(negatives);
        Tensor hidden = scores.detach().maskedFill(negatives.not(), Double.NEGATIVE_INFINITY);
        Tensor sorted = hidden.gather(1, hidden.sortedIndices(1, true));
        double[] each = counts.toDoubles();
        long[] last = new long[each.length];
        for (int i = 0; i < last.length; i++) {
            last[i] = Math.max(0, (long) Math.ceil(share * each[i] - 1e-9) - 1);
        }
        Tensor threshold = sorted.gather(1, Tensor.of(last, last.length, 1));
        return negatives.and(threshold.isGreater(hidden).not()).or(strip.positives());
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        return Optional.of(Compared.softmax(strip, strip.shares(), strip.scores(), below(strip)));
    }

    @Override
    public String reduction() {
        return "mean over anchors with a positive and a negative";
    }
}
