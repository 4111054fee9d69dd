/** Lucene indexes, BM25, hits. */
@NullMarked
package io.chiaro.search;

import org.jspecify.annotations.NullMarked;
