/**
 * What embeddings look like: figures that explain a model and do not grade it. Each is a small record made from vectors
 * [N, d], labels or pairs, in double precision; {@link io.chiaro.eval.diagnostics.Diagnostic} lists them with what they need.
 * Alignment, uniformity and effective rank are metrics and stand in {@link io.chiaro.core.metric.EmbeddingGeometry}.
 *
 * <p>Unless a class says otherwise rows are divided by their lengths first, so that turning or scaling a cloud changes
 * nothing. Most take the cosines of all pairs: hand over a sample of a thousand or so.
 *
 * <pre>{@code
 * HardnessProfile profile = HardnessProfile.of(anchors, positives, new int[0], 0.05);
 * double listened = profile.effectiveNegatives();
 * NeuralCollapse geometry = NeuralCollapse.of(vectors, labels);
 * }</pre>
 *
 * <p>Everything here is immutable or static: any thread may use it.
 */
@NullMarked
package io.chiaro.eval.diagnostics;

import org.jspecify.annotations.NullMarked;
