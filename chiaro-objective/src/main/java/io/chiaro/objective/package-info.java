/** Objectives as slots: blocks, relations, supervision, similarity, divergence; the tiled engine. */
@NullMarked
package io.chiaro.objective;

import org.jspecify.annotations.NullMarked;
