package io.chiaro.search;

import io.chiaro.core.metric.DocumentOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.ScoreDoc;

/** Finds the nearest vectors by comparing every one. Nothing is missed, and equal scores are cut in the order of their ids. */
final class ExactSearch {

    private static final int THREADS = 2;

    private final IndexReader reader;
    private final Allowed allowed;

    /** @param allowed which documents count */
    ExactSearch(IndexReader reader, Allowed allowed) {
        this.reader = reader;
        this.allowed = allowed;
    }

    /** The documents with the highest cosines, in no order; at most k. */
    List<ScoreDoc> nearest(float[] query, int k) throws IOException {
        int documents = reader.maxDoc();
        if (documents == 0) {
            return List.of();
        }
        int wanted = Math.min(k, documents);
        BestScores best = new BestScores(wanted);
        try {
            IntStream.range(0, THREADS)
                    .parallel()
                    .mapToObj(part -> {
                        BestScores found = new BestScores(wanted);
                        compare(
                                query,
                                (int) ((long) documents * part / THREADS),
                                (int) ((long) documents * (part + 1) / THREADS),
                                found::add);
                        return found;
                    })
                    .forEachOrdered(best::addAll);
            List<ScoreDoc> hits = new ArrayList<>();
            for (int i = 0; i < best.size(); i++) {
                if (!best.isDrawn() || best.score(i) > best.lowest()) {
                    hits.add(new ScoreDoc(best.document(i), best.score(i)));
                }
            }
            if (best.isDrawn()) {
                addDrawn(query, best.lowest(), wanted, hits);
            }
            return hits;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Fills the last places when more documents have the last score than there are places: those with the greatest ids. A
     * second look at the vectors costs time only where there is a draw, and holds no more than the places.
     */
    private void addDrawn(float[] query, float score, int wanted, List<ScoreDoc> hits) throws IOException {
        int places = wanted - hits.size();
        PriorityQueue<Drawn> drawn = new PriorityQueue<>((a, b) -> DocumentOrder.compareIds(a.id, b.id));
        StoredFields stored = reader.storedFields();
        compare(query, 0, reader.maxDoc(), (document, other) -> {
            if (other == score) {
                drawn.add(new Drawn(IndexedDocument.id(stored, document), document));
                if (drawn.size() > places) {
                    drawn.remove();
                }
            }
        });
        for (Drawn last : drawn) {
            hits.add(new ScoreDoc(last.document, score));
        }
    }

    private record Drawn(String id, int document) {}

    private interface Scored {
        void accept(int document, float score);
    }

    /** Tells the cosine of each document from one number to before another. */
    private void compare(float[] query, int from, int to, Scored scored) {
        try {
            for (LeafReaderContext leaf : reader.leaves()) {
                FloatVectorValues vectors = leaf.reader().getFloatVectorValues(IndexedDocument.VECTOR);
                int first = Math.max(from - leaf.docBase, 0);
                int end = Math.min(to - leaf.docBase, leaf.reader().maxDoc());
                if (vectors == null || first >= end) {
                    continue;
                }
                int at = vectors.advance(allowed.from(leaf, first));
                while (at < end) {
                    if (allowed.has(leaf, at)) {
                        scored.accept(leaf.docBase + at, UnitVectors.dot(query, vectors.vectorValue()));
                        at = vectors.nextDoc();
                    } else {
                        at = vectors.advance(allowed.from(leaf, at + 1));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
