package io.chiaro.objective.ranking;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * What CoDiEmb learns from pairs with a score: {@code correlation} {@link PearsonDistance} {@code + ranks} {@link RankDistribution}
 * {@code + preferences} {@link PreferenceRanking} (Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified
 * Representation Learning in Information Retrieval and Semantic Textual Similarity", 2025, the objective of similarity; weights and
 * temperature as in their published code).
 *
 * @param correlation weight of the first, at least 0
 * @param ranks weight of the second, at least 0
 * @param preferences weight of the third, at least 0
 */
public record ScoreOrder(double temperature, double correlation, double ranks, double preferences)
        implements BatchLoss {

    public ScoreOrder {
        if (!(correlation >= 0 && ranks >= 0 && preferences >= 0)) {
            throw new IllegalArgumentException("ScoreOrder: expected weights of at least 0, but found " + correlation
                    + ", " + ranks + " and " + preferences);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor cosines = ScoredPairs.cosines(batch);
        Tensor scores = batch.scores();
        return PearsonDistance.of(cosines, scores)
                .multiply(correlation)
                .add(RankDistribution.of(cosines, scores, temperature).multiply(ranks))
                .add(PreferenceRanking.of(cosines, scores, temperature).multiply(preferences));
    }

    @Override
    public boolean scored() {
        return true;
    }
}
