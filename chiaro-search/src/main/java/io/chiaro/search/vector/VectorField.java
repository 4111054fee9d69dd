package io.chiaro.search.vector;

import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorSimilarityFunction;

/** The field of a document that holds its vector, at length one. */
public final class VectorField {

    static final String NAME = "vector";

    private VectorField() {}

    /** The field of a document with such a vector, of any length. */
    public static Field of(float[] vector) {
        return new KnnFloatVectorField(NAME, UnitVectors.unit(vector), VectorSimilarityFunction.DOT_PRODUCT);
    }
}
