package io.chiaro.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Exact search by sparse vectors: for each token a list of the documents whose vector has it, in memory, eight bytes an entry. A document
 * without a token of the query is not found.
 *
 * <p>Any number of threads, as far as the embedder may.
 */
public final class SparseRanker implements Ranker {

    private static final int WINDOW = 64;

    private final SparseEmbedder embedder;
    private final List<String> ids = new ArrayList<>();
    private final Postings[] postings;
    private long entries;

    /** The documents of a token, with its weight in each. */
    private static final class Postings {
        private int[] documents = new int[8];
        private float[] weights = new float[8];
        private int size;

        void add(int document, float weight) {
            if (size == documents.length) {
                documents = Arrays.copyOf(documents, 2 * size);
                weights = Arrays.copyOf(weights, 2 * size);
            }
            documents[size] = document;
            weights[size++] = weight;
        }
    }

    private SparseRanker(SparseEmbedder embedder) {
        this.embedder = embedder;
        this.postings = new Postings[embedder.description().dimension()];
        Arrays.setAll(postings, id -> new Postings());
    }

    /**
     * Takes in a collection.
     *
     * @param embedder of documents and queries; stays with the caller
     */
    public static SparseRanker create(SparseEmbedder embedder, Stream<Document> documents) {
        SparseRanker ranker = new SparseRanker(embedder);
        List<Document> window = new ArrayList<>();
        documents.forEachOrdered(document -> {
            window.add(document);
            if (window.size() == WINDOW) {
                ranker.add(window);
                window.clear();
            }
        });
        ranker.add(window);
        return ranker;
    }

    private void add(List<Document> documents) {
        List<SparseVector> vectors =
                embedder.embed(documents.stream().map(Document::content).toList());
        for (int d = 0; d < documents.size(); d++) {
            SparseVector vector = vectors.get(d);
            for (int k = 0; k < vector.size(); k++) {
                postings[vector.ids()[k]].add(ids.size(), vector.weights()[k]);
            }
            entries += vector.size();
            ids.add(documents.get(d).id());
        }
    }

    @Override
    public List<Hit> rank(String query, int depth) {
        SparseVector asked = embedder.embed(List.of(query)).get(0);
        float[] scores = new float[ids.size()];
        Set<Integer> touched = new HashSet<>();
        for (int k = 0; k < asked.size(); k++) {
            Postings found = postings[asked.ids()[k]];
            for (int i = 0; i < found.size; i++) {
                scores[found.documents[i]] += asked.weights()[k] * found.weights[i];
                touched.add(found.documents[i]);
            }
        }
        BestHits best = new BestHits(depth);
        touched.forEach(document -> best.offer(ids.get(document), scores[document]));
        return best.sorted();
    }

    /** How many numbers of a document's vector are not zero, the mean over all. */
    public double activeOfDocument() {
        return ids.isEmpty() ? 0 : (double) entries / ids.size();
    }

    /**
     * How many products a query and a document need in the mean, {@code sum over tokens of p_q p_d} with the shares of queries and documents
     * that have the token (Formal et al., "SPLADE", SIGIR 2021, section 4).
     */
    public double products(List<String> queries) {
        double[] asked = new double[postings.length];
        for (String query : queries) {
            for (int id : embedder.embed(List.of(query)).get(0).ids()) {
                asked[id] += 1.0 / queries.size();
            }
        }
        double sum = 0;
        for (int id = 0; id < asked.length; id++) {
            sum += asked[id] * postings[id].size / Math.max(1, ids.size());
        }
        return sum;
    }

    @Override
    public String name() {
        return embedder.description().name();
    }

    @Override
    public String description() {
        return embedder.description().name() + ", sparse vectors, product, exact, SHA-256 "
                + embedder.description().hash();
    }

    @Override
    public void close() {}
}
