/**
 * Vectors of a model in a Lucene index that is the user's own. Whoever wants an index made for them takes {@code chiaro-search}.
 *
 * <p>{@link io.chiaro.lucene.EmbeddingField} makes the fields of documents and the queries on them.
 */
@NullMarked
package io.chiaro.lucene;

import org.jspecify.annotations.NullMarked;
