/**
 * Objectives: functions from the embeddings of a batch to a value and its exact gradient for each embedding.
 *
 * <p>There is one equation with slots, and a method is a filling of them ({@link io.chiaro.objective.Contrast}): where views
 * come from, which candidates an anchor has ({@link io.chiaro.objective.Pairing}), what says how near things should be
 * ({@link io.chiaro.objective.Supervision}), how near they are ({@link io.chiaro.objective.Similarity}), and what is made of
 * the difference ({@link io.chiaro.objective.Divergence}). A {@link io.chiaro.objective.recipe.Recipe} is a named filling with its
 * paper and the reference whose values it reproduces.
 *
 * <pre>{@code
 * Objective objective = Recipes.named("info-nce").with("temperature", "0.05").create();
 * try (Scope step = Scope.open("step")) {
 *     Views batch = Views.of(
 *             new View(ViewRole.ANCHOR, queries, items, queryTexts),
 *             new View(ViewRole.POSITIVE, docs, items, docTexts));
 *     Evaluation evaluation = objective.evaluate(batch);
 *     // evaluation.loss() beside evaluation.chance(); evaluation.gradients().get(0) is d loss / d queries
 * }
 * }</pre>
 *
 * <p>No graph is recorded over scores: similarities and divergences state their gradients in closed form, and an engine
 * carries them tile by tile from scores to embeddings, so that memory grows with a tile and never with the square of the
 * batch. The relation of an anchor to a candidate follows from item ids and texts, never from their places in the batch: a
 * candidate with the text of the query or of a positive is no negative. Anchors without a positive are skipped and counted.
 *
 * <p>Threads: everything here is immutable but for the batch under evaluation; {@link io.chiaro.objective.Objective#evaluate}
 * runs on the thread that owns the tensors, and the gradients belong to the scope open at the call.
 */
@NullMarked
package io.chiaro.objective;

import org.jspecify.annotations.NullMarked;
