/** What all commands share on their way to people: the two streams, progress, interruption, checks of option values. */
@NullMarked
package io.chiaro.cli.console;

import org.jspecify.annotations.NullMarked;
