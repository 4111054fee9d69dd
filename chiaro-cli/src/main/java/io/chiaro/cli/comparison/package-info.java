/** Two recipes under one budget: who competes, on what, and what is held out. */
@NullMarked
package io.chiaro.cli.comparison;

import org.jspecify.annotations.NullMarked;
