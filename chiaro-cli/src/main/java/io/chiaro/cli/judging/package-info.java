/** Judging models of texts and of pictures, and opening them by name or folder. */
@NullMarked
package io.chiaro.cli.judging;

import org.jspecify.annotations.NullMarked;
