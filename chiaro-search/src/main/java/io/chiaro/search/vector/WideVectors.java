package io.chiaro.search.vector;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Lucene's graph of vectors, full or of a byte a number, with room for 4096 dimensions instead of 1024. It bears the name of
 * the format it hands on to, so that any Lucene reads what it wrote.
 */
public final class WideVectors extends KnnVectorsFormat {

    static final int MOST_DIMENSIONS = 4096;

    private static final int NEIGHBOURS = 16;
    private static final int BEAM = 100;

    private final KnnVectorsFormat format;

    private WideVectors(KnnVectorsFormat format) {
        super(format.getName());
        this.format = format;
    }

    /** A graph over full vectors. */
    static WideVectors full() {
        return new WideVectors(new Lucene99HnswVectorsFormat(NEIGHBOURS, BEAM));
    }

    /** A graph over vectors of a byte a number, with the full ones beside them. */
    static WideVectors bytes() {
        return new WideVectors(new Lucene99HnswScalarQuantizedVectorsFormat(NEIGHBOURS, BEAM));
    }

    /** Refuses a model whose vectors find no room. */
    public static void refuseWider(ModelDescription model) {
        if (model.dimension() > MOST_DIMENSIONS) {
            throw ChiaroException.model(model.name() + ": expected at most " + MOST_DIMENSIONS
                    + " dimensions for an index, but found " + model.dimension() + ". Shorten the vectors.");
        }
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        return format.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        return format.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String fieldName) {
        return MOST_DIMENSIONS;
    }
}
