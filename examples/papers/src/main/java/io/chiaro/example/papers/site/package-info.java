/** The reading room as plain HTML. */
@NullMarked
package io.chiaro.example.papers.site;

import org.jspecify.annotations.NullMarked;
