/** Many tasks for many systems: each judged once, kept, and laid side by side. */
@NullMarked
package io.chiaro.cli.suite;

import org.jspecify.annotations.NullMarked;
