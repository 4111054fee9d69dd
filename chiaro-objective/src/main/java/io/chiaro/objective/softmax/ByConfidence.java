package io.chiaro.objective.softmax;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.JudgedByAnother;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * A divergence whose anchors count by how sure their pair is: with c_i >= 0 the number that supervises row i and l_i what is judged,
 * {@code sum over i of c_i l_i / sum over i of c_i}, a mean in which a pair of twice the quality is there twice. A pair of no quality
 * teaches nothing as an anchor, and is a negative of others still. With one number for all, this is what is judged.
 *
 * @param judging what judges an anchor; a mean over anchors
 */
public record ByConfidence(RowDivergence judging) implements JudgedByAnother {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor numbers = strip.anchorNumbers();
        for (double number : numbers.toDoubles()) {
            if (!(number >= 0)) {
                throw ChiaroException.data(
                        "objective: expected qualities of at least 0, but found " + number + ". Mend the scores.");
            }
        }
        return judging.terms(strip).stream()
                .map(term -> new Term(weighed(term.sums(), numbers), weighed(term.counts(), numbers)))
                .toList();
    }

    private static Tensor weighed(Tensor values, Tensor numbers) {
        return values.multiply(values.rank() == 1 ? numbers : numbers.unsqueeze(1));
    }

    @Override
    public boolean readsNumbers() {
        return true;
    }

    @Override
    public boolean takesShares() {
        return judging.takesShares();
    }

    @Override
    public String reduction() {
        return judging.reduction() + ", by their quality";
    }
}
