package io.chiaro.objective.softmax;

import io.chiaro.objective.JudgedByAnother;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * What is judged, so that its gradient does not fade where a positive has nearly all of a softmax: with l_i = -log q_i, each anchor's value is
 * {@code l_i / (1 - q_i + epsilon)}, the divisor held fixed (Huang et al., "Model-Aware Contrastive Learning: Towards Escaping the Dilemmas",
 * ICML 2023, eq. 11). A value below zero, which a share has by rounding alone, counts as zero.
 *
 * @param epsilon above 0
 * @param judging what judges an anchor, minus the logarithm of a share
 */
public record Unfading(double epsilon, RowDivergence judging) implements JudgedByAnother {

    public Unfading {
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("Unfading: expected an epsilon above 0, but found " + epsilon);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        return judging.terms(strip).stream().map(this::raised).toList();
    }

    private Term raised(Term term) {
        // Rounding may leave a share above 1, and 1 + epsilon may be 1.
        Tensor losses = term.sums().atLeast(0);
        Tensor share = losses.detach().negate().exp();
        return new Term(losses.divide(share.negate().add(1).add(epsilon)), term.counts());
    }

    @Override
    public boolean takesShares() {
        return judging.takesShares();
    }
}
