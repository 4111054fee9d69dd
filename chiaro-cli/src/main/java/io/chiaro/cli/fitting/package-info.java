/** Starting and resuming runs over texts and pictures. */
@NullMarked
package io.chiaro.cli.fitting;

import org.jspecify.annotations.NullMarked;
