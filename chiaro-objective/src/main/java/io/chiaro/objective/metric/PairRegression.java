package io.chiaro.objective.metric;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * A head over both rows of a pair learns its score, for example what a cross-encoder says of it: the mean over pairs of {@code (w (u, v,
 * u v, |u - v|) + b - y)^2}, with u the row of view 0, v that of view 1 and y the pair's score (Barkan et al., "Scalable Attentive
 * Sentence-Pair Modeling via Distilled Sentence Embedding", AAAI 2020, section 3, the distillation alone; a head without a hidden
 * layer). The memory {@code pair-head} [4, d] holds w, a row for each part, and {@code pair-bias} [1, 1] b.
 */
public record PairRegression() implements BatchLoss {

    private static final String HEAD = "pair-head";
    private static final String BIAS = "pair-bias";
    private static final int PARTS = 4;

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor u = batch.view(0);
        Tensor v = batch.view(1);
        Tensor weights = batch.memoryOrZeros(HEAD, PARTS, batch.width());
        Tensor features =
                Tensor.concatenate(List.of(u, v, u.multiply(v), u.subtract(v).abs()), 1);
        Tensor scores = features.matmul(weights.reshape((long) PARTS * batch.width(), 1))
                .sum(1, false)
                .add(batch.memoryOrZeros(BIAS, 1, 1).sum());
        return scores.subtract(batch.scores()).square().mean();
    }

    @Override
    public boolean scored() {
        return true;
    }

    @Override
    public String reduction() {
        return "mean over pairs";
    }

    @Override
    public Set<String> memories() {
        return Set.of(HEAD, BIAS);
    }
}
