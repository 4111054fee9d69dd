/**
 * Judging models of texts and of pictures, and opening them by name or folder. Each kind of model has a {@link
 * io.chiaro.cli.judging.Judge} of its own; {@link io.chiaro.cli.judging.Judging} is the door to them.
 */
@NullMarked
package io.chiaro.cli.judging;

import org.jspecify.annotations.NullMarked;
