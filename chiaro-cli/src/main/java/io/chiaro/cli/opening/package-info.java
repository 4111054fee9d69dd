/** Opening models of every kind by a name or a folder. */
@NullMarked
package io.chiaro.cli.opening;

import org.jspecify.annotations.NullMarked;
