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
 * <p>{@link io.chiaro.search.TextIndexWriter} adds, replaces and deletes documents of an index; what it has committed
 * survives a kill. {@link io.chiaro.search.TextIndex#where} holds a search to a filter on the documents' metadata. {@link
 * io.chiaro.search.LiveIndex} is searched by many threads while others write.
 *
 * <p>Threads: open rankers and indexes may be searched by any number of threads, as far as the embedder may; a
 * folder has one writer.
 */
@NullMarked
package io.chiaro.search;

import org.jspecify.annotations.NullMarked;
