package io.chiaro.search.vector;

import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A segment's vectors as JVector asks for them: read from Lucene's file when they are needed, so that none is held in memory. One
 * thread, which has the vector until it asks for the next; {@link #copy} is for another.
 *
 * @param step between vectors: all of them at 1, a sample at more
 */
record GraphVectors(org.apache.lucene.util.hnsw.RandomAccessVectorValues.Floats vectors, int step)
        implements RandomAccessVectorValues {

    private static final VectorTypeSupport TYPES =
            VectorizationProvider.getInstance().getVectorTypeSupport();

    /** JVector's form of a vector, which shares its numbers. */
    static VectorFloat<?> shared(float[] vector) {
        return TYPES.createFloatVector(vector);
    }

    /** A vector of no numbers. */
    static VectorFloat<?> none() {
        return TYPES.createFloatVector(0);
    }

    /** At most so many of the vectors, evenly over all. */
    GraphVectors sample(int most) {
        return new GraphVectors(vectors, Math.max(1, (vectors.size() + most - 1) / most));
    }

    @Override
    public int size() {
        return (vectors.size() + step - 1) / step;
    }

    @Override
    public int dimension() {
        return vectors.dimension();
    }

    @Override
    public VectorFloat<?> getVector(int at) {
        try {
            return shared(vectors.vectorValue(at * step));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isValueShared() {
        return true;
    }

    @Override
    public RandomAccessVectorValues copy() {
        try {
            return new GraphVectors(vectors.copy(), step);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
