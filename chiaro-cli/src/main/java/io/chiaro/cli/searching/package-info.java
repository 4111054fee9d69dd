/** Asking an index: by which sides, with which models, and why a hit stands where it stands. */
@NullMarked
package io.chiaro.cli.searching;

import org.jspecify.annotations.NullMarked;
