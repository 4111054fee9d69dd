/**
 * Divergences of the softmax family: an anchor's positives against all its candidates. Each is a formula over a {@link
 * io.chiaro.objective.Strip}.
 */
@NullMarked
package io.chiaro.objective.softmax;

import org.jspecify.annotations.NullMarked;
