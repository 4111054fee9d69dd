/** The training loop: cached gradients, memory plan, checkpoints, events, reports. */
@NullMarked
package io.chiaro.train;

import org.jspecify.annotations.NullMarked;
