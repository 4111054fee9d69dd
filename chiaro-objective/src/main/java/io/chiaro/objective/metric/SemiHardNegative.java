package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code max(0, d_p - d_n + margin)} for each positive pair, with d_n the distance (of cosines: one less the cosine) of the nearest negative that is farther than
 * the positive, of the farthest negative where none is, and 0 where there are no negatives; the mean over positive pairs
 * (Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, section 3.2).
 *
 * @param margin by how much the positive should be nearer
 */
public record SemiHardNegative(double margin) implements RowDivergence {

    @Override
    public boolean comparesDistances() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.distances();
        Tensor farthest = strip.max(distances, strip.negatives()).unsqueeze(1);
        Tensor sums = strip.sumOverEach(distances, strip.positives(), (positive, present) -> {
            Tensor behind = strip.negatives().and(distances.detach().isGreater(positive.detach()));
            Tensor some = strip.has(behind).isGreater(0).unsqueeze(1);
            Tensor chosen = strip.min(distances, behind).unsqueeze(1).add(farthest.maskedFill(some, 0));
            return positive.subtract(chosen).add(margin).relu().multiply(present);
        });
        return List.of(new Term(sums, strip.count(strip.positives())));
    }

    @Override
    public String reduction() {
        return "mean over positive pairs";
    }
}
