package io.chiaro.objective.ranking;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Each pair of texts against all pairs of a lower score, weighted by how much lower. With c the cosines, y the scores, L(i) the pairs j
 * with y_j &lt; y_i, w_ij = y_i - y_j and W_i the largest of them,
 *
 * <pre>
 * value = mean over i with L(i) of  -log( exp(W_i c_i / t) / ( exp(W_i c_i / t) + sum over j in L(i) of exp(w_ij c_j / t) ) )
 * </pre>
 *
 * (Song et al., "Preference Ranking Optimization for Human Alignment", AAAI 2024, eq. 7, as Zhang et al., "CoDiEmb", 2025, have it for
 * pairs of texts). The scores' unit is one over the temperature's, so scores from 0 to 5 make a softmax five times as sharp as scores from
 * 0 to 1. It needs the square of the batch in memory.
 */
public record PreferenceRanking(double temperature) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        return of(ScoredPairs.cosines(batch), batch.scores(), temperature);
    }

    static Tensor of(Tensor cosines, Tensor scores, double temperature) {
        Tensor gaps = scores.unsqueeze(1).subtract(scores.unsqueeze(0));
        Tensor lower = gaps.isGreater(0);
        Tensor largest = gaps.max(1, false);
        Tensor counted = largest.isGreater(0).to(cosines.type());
        Tensor scaled = cosines.divide(temperature);
        Tensor own = scaled.multiply(largest);
        Tensor others = scaled.unsqueeze(0).multiply(gaps).maskedFill(lower.not(), Double.NEGATIVE_INFINITY);
        Tensor losses = Tensor.concatenate(List.of(own.unsqueeze(1), others), 1)
                .logSumExp(1, false)
                .subtract(own);
        return losses.multiply(counted).sum().divide(counted.sum().atLeast(1));
    }

    @Override
    public boolean scored() {
        return true;
    }

    @Override
    public String reduction() {
        return "mean over pairs that are above another";
    }
}
