/** Layers and encoders. */
@NullMarked
package io.chiaro.nn;

import org.jspecify.annotations.NullMarked;
