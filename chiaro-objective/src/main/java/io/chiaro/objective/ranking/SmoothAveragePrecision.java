package io.chiaro.objective.ranking;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * One minus average precision with the sigmoid in place of the step: a member j of the anchor's class, the anchor among them,
 * has the rank {@code 1 + sum over k of sigmoid((s_k - s_j) / temperature)} among all rows and among the class; the loss is one
 * minus the mean over members of the second over the first (Brown et al., "Smooth-AP: Smoothing the Path Towards Large-Scale
 * Image Retrieval", ECCV 2020, eq. 4).
 */
public record SmoothAveragePrecision(double temperature) implements RowDivergence {

    /** What a row adds to its own rank, which starts at 1. */
    private static final double OWN_SIGMOID = 0.5;

    @Override
    public boolean readsItself() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor members = strip.positives().or(strip.rest());
        Tensor one = members.to(strip.scores().type());
        Tensor precision = strip.sumOverEach(strip.scores(), members, (score, present) -> {
            Tensor before = strip.scores().subtract(score).divide(temperature).sigmoid();
            Tensor amongClass = before.multiply(one).sum(1, true).add(1 - OWN_SIGMOID);
            Tensor amongAll = before.sum(1, true).add(1 - OWN_SIGMOID);
            return amongClass.divide(amongAll).multiply(present);
        });
        Tensor losses = precision
                .divide(strip.count(members).atLeast(1).unsqueeze(1))
                .negate()
                .add(1);
        return List.of(Term.mean(losses, strip.has(strip.positives()).unsqueeze(1)));
    }
}
