/**
 * The nearest vectors of a Lucene index: how vectors are written (flat, as a graph, short), and how those nearest to a query
 * are found. {@link io.chiaro.search.TextIndex} is the door; nothing here knows of texts.
 */
@NullMarked
package io.chiaro.search.vector;

import org.jspecify.annotations.NullMarked;
