package io.chiaro.search.vector;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99ScalarQuantizedVectorsFormat;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/** Vectors one after another in a file, with no graph over them: quick to write, to be read from the first to the last. */
public final class FlatVectors {

    static final String NAME = "ChiaroFlatVectors";
    private static final String BYTES_NAME = "ChiaroFlatByteVectors";
    private static final String MARK = "chiaro-vectors";
    private static final String FLAT = "flat";

    private FlatVectors() {}

    /** Lucene's flat file, under Lucene's name for it. */
    static FlatVectorsFormat full() {
        return new Lucene99FlatVectorsFormat(FlatVectorScorerUtil.getLucene99FlatVectorsScorer());
    }

    /** Whether a segment's vectors have no graph. */
    public static boolean in(SegmentCommitInfo segment) {
        return FLAT.equals(segment.info.getAttribute(MARK));
    }

    /** One of Lucene's formats without a graph, whose segments are marked. */
    private abstract static class Marked extends KnnVectorsFormat {

        private final KnnVectorsFormat format;

        Marked(String name, KnnVectorsFormat format) {
            super(name);
            this.format = format;
        }

        @Override
        public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
            // A segment has one field of vectors, so that the mark speaks for all of it.
            state.segmentInfo.putAttribute(MARK, FLAT);
            return format.fieldsWriter(state);
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return format.fieldsReader(state);
        }

        @Override
        public int getMaxDimensions(String fieldName) {
            return WideVectors.MOST_DIMENSIONS;
        }
    }

    /**
     * Lucene's flat file as a format of its own, which reads what {@link GraphedVectors} wrote, too. Lucene looks it up by its name when
     * it opens an index, through the service loader, which wants a public class with a public constructor.
     */
    public static final class Format extends Marked {

        /** For Lucene. */
        public Format() {
            super(NAME, full());
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return GraphedVectors.reader(super.fieldsReader(state), state);
        }
    }

    /** Lucene's file of vectors with a byte a number beside the full ones, under a name of its own for the same reason. */
    public static final class BytesFormat extends Marked {

        /** For Lucene. */
        public BytesFormat() {
            super(BYTES_NAME, new Lucene99ScalarQuantizedVectorsFormat());
        }
    }
}
