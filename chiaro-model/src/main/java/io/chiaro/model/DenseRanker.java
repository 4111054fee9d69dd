package io.chiaro.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Exact dense retrieval: the documents whose vectors have the greatest cosine with the query's, ties in trec_eval's order.
 * Holds a vector of {@code dimension} floats a document and no text. {@link
 * NearestDocuments} streams a collection larger than memory.
 *
 * <p>Ranking is as thread-safe as the embedder, which stays with who made it and is closed after this, or is {@link #owning owned}.
 */
public final class DenseRanker implements Ranker {

    private final Embedder embedder;
    private final List<String> ids;
    private final float[][] vectors;
    private final int threads;
    private final boolean owned;

    private DenseRanker(Embedder embedder, List<String> ids, float[][] vectors, int threads, boolean owned) {
        this.embedder = embedder;
        this.ids = ids;
        this.vectors = vectors;
        this.threads = threads;
        this.owned = owned;
    }

    /**
     * Embeds a collection.
     *
     * @param documents in any order, ids each once; the caller closes the stream
     * @param threads of the scoring
     */
    public static DenseRanker create(Embedder embedder, Stream<Document> documents, int threads) {
        List<String> ids = new ArrayList<>();
        List<float[]> vectors = new ArrayList<>();
        List<Document> window = new ArrayList<>();
        for (Iterator<Document> all = documents.iterator(); all.hasNext(); ) {
            window.add(all.next());
            if (window.size() == TextVectors.WINDOW || !all.hasNext()) {
                window.forEach(document -> ids.add(document.id()));
                List<String> texts = window.stream().map(Document::content).toList();
                vectors.addAll(List.of(TextVectors.of(embedder, texts, TextRole.DOCUMENT)));
                window.clear();
            }
        }
        return new DenseRanker(embedder, ids, vectors.toArray(float[][]::new), threads, false);
    }

    /** The same as a ranker that closes the embedder with itself, or at once if the collection cannot be embedded. */
    public static DenseRanker owning(Embedder embedder, Stream<Document> documents, int threads) {
        try {
            DenseRanker made = create(embedder, documents, threads);
            return new DenseRanker(embedder, made.ids, made.vectors, threads, true);
        } catch (RuntimeException | Error e) {
            embedder.close();
            throw e;
        }
    }

    @Override
    public List<Hit> rank(String query, int depth) {
        return rankAll(List.of(query), depth).get(0);
    }

    /** The rankings of many queries, in their order; faster than one by one. */
    public List<List<Hit>> rankAll(List<String> queries, int depth) {
        NearestDocuments nearest =
                new NearestDocuments(TextVectors.of(embedder, queries, TextRole.QUERY), depth, threads);
        nearest.add(ids, vectors);
        return nearest.hits();
    }

    @Override
    public String name() {
        return embedder.description().name();
    }

    @Override
    public String description() {
        return embedder.description().name() + ", exact search by cosine";
    }

    @Override
    public void close() {
        if (owned) {
            embedder.close();
        }
    }
}
