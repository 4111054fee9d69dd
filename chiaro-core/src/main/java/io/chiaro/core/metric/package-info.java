/**
 * Figures that judge embeddings, as pure functions on arrays. Each formula stands beside its code.
 *
 * <ul>
 *   <li>{@link io.chiaro.core.metric.JudgedRanking} and {@link io.chiaro.core.metric.RankingMetric}: retrieval, equal to
 *       trec_eval (linear gains, its order of ties, its denominators).
 *   <li>{@link io.chiaro.core.metric.Correlation}: Pearson and Spearman.
 *   <li>{@link io.chiaro.core.metric.ScoredLabels}: average precision, area under the curve, best accuracy, best F1.
 *   <li>{@link io.chiaro.core.metric.ClusterAgreement}: v-measure, adjusted Rand index, normalised mutual information, accuracy under the best names.
 *   <li>{@link io.chiaro.core.metric.EmbeddingGeometry}: alignment, uniformity, effective rank.
 * </ul>
 *
 * <p>An example:
 *
 * <pre>{@code
 * Map<String, Integer> judgments = Map.of("d1", 2, "d7", 1);
 * JudgedRanking ranking = JudgedRanking.of(List.of("d7", "d3", "d1"), new float[] {3f, 2f, 2f}, judgments);
 * double ndcg = ranking.ndcg(10);
 * double recall = RankingMetric.of("recall@100").value(ranking);
 * }</pre>
 *
 * <p>Everything here is immutable or static: any thread may use it.
 */
@NullMarked
package io.chiaro.core.metric;

import org.jspecify.annotations.NullMarked;
