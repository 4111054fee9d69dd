/** Claims of papers, tried on real data under one budget. */
@NullMarked
package io.chiaro.benchmarks.effects;

import org.jspecify.annotations.NullMarked;
