/** Which documents a search may find, said of their metadata: in Java, as JSON, or as a line of text. */
@NullMarked
package io.chiaro.search.filter;

import org.jspecify.annotations.NullMarked;
