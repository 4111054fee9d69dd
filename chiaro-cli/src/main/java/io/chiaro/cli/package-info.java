/** The command line and the quickstart. */
@NullMarked
package io.chiaro.cli;

import org.jspecify.annotations.NullMarked;
