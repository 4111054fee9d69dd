package io.chiaro.search.vector;

import io.chiaro.core.metric.DocumentOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.ScoreDoc;

/** Finds the nearest vectors by comparing every one. Nothing is missed, and equal scores are cut in the order of their ids. */
final class ExactSearch {

    private final IndexReader reader;
    private final NearestVectors.Ids ids;
    private final VectorScan scan;

    /**
     * A search for one query.
     *
     * @param query of length one
     */
    ExactSearch(IndexReader reader, Allowed allowed, float[] query, NearestVectors.Ids ids) {
        this.reader = reader;
        this.ids = ids;
        this.scan = new VectorScan(reader, allowed, VectorScan.cosines(query));
    }

    /** The documents with the highest cosines, in no order; at most k. */
    List<ScoreDoc> nearest(int k) throws IOException {
        int wanted = Math.min(k, reader.maxDoc());
        if (wanted == 0) {
            return List.of();
        }
        try {
            BestScores best = scan.best(wanted);
            List<ScoreDoc> hits = new ArrayList<>();
            for (int i = 0; i < best.size(); i++) {
                if (!best.isDrawn() || best.score(i) > best.lowest()) {
                    hits.add(new ScoreDoc(best.document(i), best.score(i)));
                }
            }
            if (best.isDrawn()) {
                addDrawn(best.lowest(), wanted, hits);
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
    private void addDrawn(float score, int wanted, List<ScoreDoc> hits) throws IOException {
        int places = wanted - hits.size();
        PriorityQueue<Drawn> drawn = new PriorityQueue<>((a, b) -> DocumentOrder.compareIds(a.id, b.id));
        StoredFields stored = reader.storedFields();
        scan.each(0, reader.maxDoc(), (document, other) -> {
            if (other == score) {
                drawn.add(new Drawn(ids.of(stored, document), document));
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
}
