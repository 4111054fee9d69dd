/** Readers, the token store, planned epochs; pure Java. */
@NullMarked
package io.chiaro.data;

import org.jspecify.annotations.NullMarked;
