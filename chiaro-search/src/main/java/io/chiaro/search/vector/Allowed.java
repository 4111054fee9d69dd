package io.chiaro.search.vector;

import java.io.IOException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** Which documents of a snapshot a search may find. Immutable once made; safe for any thread. */
public final class Allowed {

    /** A bit for each document, in the order of the leaves; null where all are allowed. */
    private final @Nullable FixedBitSet documents;

    private Allowed(@Nullable FixedBitSet documents) {
        this.documents = documents;
    }

    /** All that were not deleted. */
    public static Allowed undeleted(IndexReader reader) {
        if (!reader.hasDeletions()) {
            return new Allowed(null);
        }
        FixedBitSet documents = new FixedBitSet(reader.maxDoc());
        for (LeafReaderContext leaf : reader.leaves()) {
            Bits live = leaf.reader().getLiveDocs();
            int count = leaf.reader().maxDoc();
            if (live == null) {
                documents.set(leaf.docBase, leaf.docBase + count);
                continue;
            }
            for (int i = 0; i < count; i++) {
                if (live.get(i)) {
                    documents.set(leaf.docBase + i);
                }
            }
        }
        return new Allowed(documents);
    }

    /** All that were not deleted and match a query. */
    static Allowed matching(IndexSearcher searcher, Query query) throws IOException {
        FixedBitSet documents = new FixedBitSet(searcher.getIndexReader().maxDoc());
        // Lucene's search leaves deleted documents out by itself.
        searcher.search(query, new SimpleCollector() {
            private int base;

            @Override
            protected void doSetNextReader(LeafReaderContext leaf) {
                base = leaf.docBase;
            }

            @Override
            public void collect(int document) {
                documents.set(base + document);
            }

            @Override
            public ScoreMode scoreMode() {
                return ScoreMode.COMPLETE_NO_SCORES;
            }
        });
        return new Allowed(documents);
    }

    /** The first allowed document of the whole snapshot from one on, or one beyond the last. */
    public int next(int document) {
        if (documents == null || document >= documents.length()) {
            return document;
        }
        return documents.nextSetBit(document);
    }

    /** How many there are, of a snapshot with so many documents, deleted ones among them. */
    int count(int all) {
        return documents == null ? all : documents.cardinality();
    }

    boolean has(LeafReaderContext leaf, int document) {
        return documents == null || documents.get(leaf.docBase + document);
    }

    /** The first document of a leaf from one on that is allowed; Lucene's end of all documents if there is none. */
    int from(LeafReaderContext leaf, int document) {
        if (documents == null || document >= leaf.reader().maxDoc()) {
            return document;
        }
        int next = documents.nextSetBit(leaf.docBase + document);
        return next == DocIdSetIterator.NO_MORE_DOCS ? next : next - leaf.docBase;
    }
}
