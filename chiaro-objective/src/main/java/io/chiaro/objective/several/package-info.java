/**
 * Several objectives on one batch: fixed and learned weights, and the ways to share a gradient where objectives pull against
 * each other.
 */
@NullMarked
package io.chiaro.objective.several;

import org.jspecify.annotations.NullMarked;
