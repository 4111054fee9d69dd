/**
 * Objectives on whole batches that are no contrast of scores: between features, between views, against prototypes. Each is a
 * formula over the views of a {@link io.chiaro.objective.ViewBatch}.
 */
@NullMarked
package io.chiaro.objective.feature;

import org.jspecify.annotations.NullMarked;
