package io.chiaro.search.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;

/**
 * Scores all allowed documents of a snapshot, one after another.
 *
 * @param allowed which documents count
 * @param source where the scores come from
 */
record VectorScan(IndexReader reader, Allowed allowed, Source source) {

    private static final int THREADS = 2;

    /** The scores of a leaf's documents. One thread. */
    interface Scores {

        /** Goes through the documents that have one. */
        DocIdSetIterator documents();

        /** The score of the document at which {@link #documents} stands. */
        float score() throws IOException;
    }

    /** Gives each thread scores of its own. */
    @FunctionalInterface
    interface Source {
        Optional<Scores> of(LeafReaderContext leaf) throws IOException;
    }

    /** Takes a score. */
    @FunctionalInterface
    interface Scored {
        void accept(int document, float score);
    }

    /** The full cosines of documents with a query of length one. */
    static Source cosines(float[] query) {
        return leaf -> {
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(VectorField.NAME);
            return vectors == null
                    ? Optional.empty()
                    : Optional.of(new Scores() {
                        @Override
                        public DocIdSetIterator documents() {
                            return vectors;
                        }

                        @Override
                        public float score() throws IOException {
                            return UnitVectors.dot(query, vectors.vectorValue());
                        }
                    });
        };
    }

    /** The documents with the highest scores, found by two threads. */
    BestScores best(int most) {
        int documents = reader.maxDoc();
        BestScores best = new BestScores(most);
        IntStream.range(0, THREADS)
                .parallel()
                .mapToObj(part -> {
                    BestScores found = new BestScores(most);
                    each(
                            (int) ((long) documents * part / THREADS),
                            (int) ((long) documents * (part + 1) / THREADS),
                            found::add);
                    return found;
                })
                .forEachOrdered(best::addAll);
        return best;
    }

    /** Tells the score of each allowed document from one number to before another. */
    void each(int from, int to, Scored scored) {
        try {
            for (LeafReaderContext leaf : reader.leaves()) {
                int first = Math.max(from - leaf.docBase, 0);
                int end = Math.min(to - leaf.docBase, leaf.reader().maxDoc());
                if (first < end) {
                    each(leaf, first, end, scored);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void each(LeafReaderContext leaf, int first, int end, Scored scored) throws IOException {
        Optional<Scores> found = source.of(leaf);
        if (found.isEmpty()) {
            return;
        }
        Scores scores = found.get();
        DocIdSetIterator documents = scores.documents();
        int start = allowed.from(leaf, first);
        int at = start < end ? documents.advance(start) : end;
        while (at < end) {
            if (allowed.has(leaf, at)) {
                scored.accept(leaf.docBase + at, scores.score());
                at = documents.nextDoc();
            } else {
                int next = allowed.from(leaf, at + 1);
                at = next < end ? documents.advance(next) : end;
            }
        }
    }
}
