/** Judging: tasks, probes, protocols, tables and MTEB-shaped JSON. */
@NullMarked
package io.chiaro.eval;

import org.jspecify.annotations.NullMarked;
