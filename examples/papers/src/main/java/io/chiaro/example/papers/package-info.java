/** A worked example: a reading room over a feed of papers. Start at {@link io.chiaro.example.papers.Main}; the pages of the book
 * explain it in "Daily papers". */
@NullMarked
package io.chiaro.example.papers;

import org.jspecify.annotations.NullMarked;
