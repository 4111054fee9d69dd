/**
 * Texts and their vectors in a table of PostgreSQL with the pgvector extension, over plain JDBC.
 *
 * <p>{@link io.chiaro.pgvector.VectorTable} makes such a table, which remembers the model that fills it, and searches it.
 */
@NullMarked
package io.chiaro.pgvector;

import org.jspecify.annotations.NullMarked;
