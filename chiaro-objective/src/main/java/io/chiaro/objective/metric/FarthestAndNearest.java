package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code max(0, d_p - d_n + margin)} with d_p the distance (of cosines: one less the cosine) of the farthest row of an anchor's class, itself among them, and d_n
 * that of the nearest row of another class, or of the farthest row where there is only one class; the mean over all anchors
 * (Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017, eq. 5).
 *
 * @param margin by how much the positive should be nearer
 * @param smooth log(1 + exp x) in place of max(0, x), the paper's soft margin
 */
public record FarthestAndNearest(double margin, boolean smooth) implements RowDivergence {

    @Override
    public boolean comparesDistances() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.distances();
        Tensor farthest = strip.max(distances, strip.positives());
        Tensor opposed = strip.has(strip.negatives()).isGreater(0);
        Tensor nearest = strip.min(distances, strip.negatives()).add(farthest.maskedFill(opposed, 0));
        Tensor gaps = farthest.subtract(nearest).add(margin);
        Tensor losses = smooth ? gaps.softplus() : gaps.relu();
        return List.of(Term.mean(losses, losses.detach().multiply(0).add(1)));
    }

    @Override
    public String reduction() {
        return "mean over anchors";
    }
}
