package io.chiaro.search.vector;

import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Vectors of a byte a number, one after another, as {@link FlatVectors.BytesFormat} writes them. */
final class SmallNumbers {

    private SmallNumbers() {}

    /** Scores documents against a query by their bytes. */
    static VectorScan.Source source(float[] query) {
        return leaf -> {
            FloatVectorValues documents = leaf.reader().getFloatVectorValues(VectorField.NAME);
            if (documents == null) {
                return Optional.empty();
            }
            RandomVectorScorer scorer = flat(leaf.reader()).getRandomVectorScorer(VectorField.NAME, query);
            if (documents.size() != leaf.reader().maxDoc()) {
                throw new IllegalStateException("SmallNumbers: expected a vector for each document, but found "
                        + documents.size() + " for " + leaf.reader().maxDoc());
            }
            return Optional.of(new VectorScan.Scores() {
                @Override
                public DocIdSetIterator documents() {
                    return documents;
                }

                @Override
                public float score() throws IOException {
                    // Each document has a vector, so that the two are counted alike.
                    return scorer.score(documents.docID());
                }
            });
        };
    }

    private static FlatVectorsReader flat(LeafReader leaf) {
        CodecReader reader = (CodecReader) FilterLeafReader.unwrap(leaf);
        KnnVectorsReader vectors = reader.getVectorReader();
        KnnVectorsReader field = vectors instanceof PerFieldKnnVectorsFormat.FieldsReader fields
                ? fields.getFieldReader(VectorField.NAME)
                : vectors;
        return (FlatVectorsReader) field;
    }
}
