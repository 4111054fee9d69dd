/**
 * Searching: BM25 as the standing baseline, and an index of texts with their vectors, both on Lucene, which no signature
 * shows.
 *
 * <p>{@link io.chiaro.search.Bm25} ranks a collection by words; {@link io.chiaro.search.TextIndex} keeps a collection with
 * the vectors of a model on disk and remembers which model that was.
 *
 * <pre>{@code
 * try (Stream<Document> documents = Document.read(Path.of("docs.jsonl")); Embedder model = ...) {
 *     TextIndex.write(Path.of("index"), documents, model);
 *     try (TextIndex index = TextIndex.open(Path.of("index"))) {
 *         for (TextHit hit : index.search("how do birds sing", model, 10)) {
 *             ...
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Threads: open rankers and indexes may be searched by any number of threads, as far as the embedder may; one thread
 * writes an index.
 */
@NullMarked
package io.chiaro.search;

import org.jspecify.annotations.NullMarked;
