/**
 * Divergences of metric learning: pairs, triplets and classes with margins. Scores of a distance are negative distances, so
 * that the nearer is always the larger.
 */
@NullMarked
package io.chiaro.objective.metric;

import org.jspecify.annotations.NullMarked;
