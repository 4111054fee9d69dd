/**
 * From files of records to the batches of an epoch, in pure Java and in bounded memory.
 *
 * <p>Data goes one way: a {@link io.chiaro.data.RecordReader} reads the rows of a JSONL, CSV, TSV or Parquet file; an
 * {@link io.chiaro.data.ExampleReader} finds the values by the {@link io.chiaro.data.Roles} of their columns and says which
 * {@link io.chiaro.data.ExampleShape} they make; a {@link io.chiaro.data.TokenStore} tokenises them once onto the disk; an
 * {@link io.chiaro.data.EpochPlan} cuts its rows into batches before the first step. {@link io.chiaro.data.DataCheck} looks at
 * files before any of this, and {@link io.chiaro.data.filter} leaves out pairs that teach nothing.
 *
 * <pre>{@code
 * Path file = Path.of("pairs.jsonl");
 * Roles roles = Roles.parse("anchor=question,positive=answer");
 * try (TokenStore store = TokenStore.openOrBuild(
 *         Path.of("run/tokens"), file, roles, encoder, TokenStoreOptions.defaults())) {
 *     EpochPlan plan = EpochPlan.of(store, EpochOptions.defaults(512), seed, epoch);
 *     for (int i = 0; i < plan.batches(); i++) {
 *         for (int row : plan.rows(i)) {
 *             int[] question = store.tokens(row, 0);
 *             int[] answer = store.tokens(row, 1);
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p><b>Bad rows.</b> A broken row, bytes that are not UTF-8, an empty text, a NaN score end the reading with file, line and
 * reason; under {@link io.chiaro.data.BadRows#SKIP} they are left out, counted by reason and reported in a
 * {@link io.chiaro.data.SkipReport}. Nothing is lost quietly. Where a file cannot be read on (a gzip stream that is cut off, a
 * quote that never closes) there is no skipping.
 *
 * <p><b>Memory.</b> Readers hold one row, the building of a store a few chunks of rows, an open store nothing but maps, and a
 * plan four bytes a row, three times that while it is made, and some more for rows that wait because of repeated texts.
 *
 * <p><b>Threads.</b> Readers belong to one thread. An open store, a plan and all records are immutable and may be shared.
 *
 * <p>{@link io.chiaro.data.Npy} reads and writes NumPy's arrays, {@link io.chiaro.data.ParquetFiles} writes embeddings.
 */
@NullMarked
package io.chiaro.data;

import org.jspecify.annotations.NullMarked;
