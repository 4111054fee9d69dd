/** What rows, or vectors of classes, should be like whatever they stand for. */
@NullMarked
package io.chiaro.objective.regulariser;

import org.jspecify.annotations.NullMarked;
