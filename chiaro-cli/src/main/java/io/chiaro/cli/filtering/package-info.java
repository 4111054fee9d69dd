/** Filtering pairs of texts: passes over a file, what a model finds of what is left, and the table of why pairs were dropped. */
@NullMarked
package io.chiaro.cli.filtering;

import org.jspecify.annotations.NullMarked;
