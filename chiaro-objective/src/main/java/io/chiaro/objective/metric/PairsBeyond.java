package io.chiaro.objective.metric;

import io.chiaro.objective.JudgedByAnother;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * A divergence that sees only positives farther than {@code atLeast} and negatives nearer than {@code atMost}: what the class
 * has not yet learned. The choice has no gradient. (The pair miner of pytorch-metric-learning; scores are negative distances.)
 */
public record PairsBeyond(double atLeast, double atMost, RowDivergence judging) implements JudgedByAnother {

    public PairsBeyond {
        JudgedByAnother.requireMasks(judging);
    }

    @Override
    public boolean readsDistances() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.scores().detach().negate();
        Tensor near = strip.positives().and(distances.isGreater(atLeast));
        Tensor far = strip.negatives().and(distances.negate().isGreater(-atMost));
        return judging.terms(strip.withMasks(near, far));
    }
}
