package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code max(0, d_p - d_n + margin)} for each positive pair, with d_n the distance of the nearest negative that is farther than
 * the positive, of the farthest negative where none is, and 0 where there are no negatives; the mean over positive pairs
 * (Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, section 3.2).
 *
 * @param margin by how much the positive should be nearer
 */
public record SemiHardNegative(double margin) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor farthest = strip.min(strip.scores(), strip.negatives()).unsqueeze(1);
        Tensor sums = strip.sumOverEach(strip.scores(), strip.positives(), (positive, present) -> {
            Tensor behind = strip.negatives()
                    .and(positive.detach().isGreater(strip.scores().detach()));
            Tensor some = strip.has(behind).isGreater(0).unsqueeze(1);
            Tensor chosen = strip.max(strip.scores(), behind).unsqueeze(1).add(farthest.maskedFill(some, 0));
            return chosen.subtract(positive).add(margin).relu().multiply(present);
        });
        return List.of(new Term(sums, strip.count(strip.positives())));
    }

    @Override
    public String reduction() {
        return "mean over positive pairs";
    }
}
