/** Helpers for tests: seeded properties and the native leak check. */
@NullMarked
package io.chiaro.testkit;

import org.jspecify.annotations.NullMarked;
