/** Objectives that keep something of each record of the data from one epoch to the next. */
@NullMarked
package io.chiaro.objective.item;

import org.jspecify.annotations.NullMarked;
