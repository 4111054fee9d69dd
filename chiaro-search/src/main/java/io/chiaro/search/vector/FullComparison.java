package io.chiaro.search.vector;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.ScoreDoc;
import org.jspecify.annotations.Nullable;

/** Compares candidates that a short form found by their full vectors. */
public final class FullComparison {

    private FullComparison() {}

    /** The documents with their cosines with a query of length one, in no order. */
    static List<ScoreDoc> of(IndexReader reader, float[] query, int[] documents) throws IOException {
        // Vectors can be gone through forwards alone.
        int[] sorted = documents.clone();
        Arrays.sort(sorted);
        ScoreDoc[] scored = new ScoreDoc[sorted.length];
        List<LeafReaderContext> leaves = reader.leaves();
        int leaf = -1;
        @Nullable FloatVectorValues vectors = null;
        for (int i = 0; i < sorted.length; i++) {
            int holding = ReaderUtil.subIndex(sorted[i], leaves);
            if (vectors == null || holding != leaf) {
                leaf = holding;
                vectors = leaves.get(leaf).reader().getFloatVectorValues(VectorField.NAME);
            }
            int within = sorted[i] - leaves.get(leaf).docBase;
            if (vectors == null || vectors.advance(within) != within) {
                throw new IllegalStateException("FullComparison: expected a vector for document " + sorted[i]);
            }
            scored[i] = new ScoreDoc(sorted[i], UnitVectors.dot(query, vectors.vectorValue()));
        }
        return List.of(scored);
    }

    /** The full vector of a document. */
    public static float[] vector(IndexReader reader, int document) throws IOException {
        LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
        FloatVectorValues vectors = leaf.reader().getFloatVectorValues(VectorField.NAME);
        if (vectors == null || vectors.advance(document - leaf.docBase) != document - leaf.docBase) {
            throw new IllegalStateException("FullComparison: expected a vector for document " + document);
        }
        return vectors.vectorValue().clone();
    }
}
