package io.chiaro.search.vector;

import java.io.IOException;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.hnsw.RandomAccessVectorValues;
import org.jspecify.annotations.Nullable;

/**
 * Vectors one after another, as {@link FlatVectors.Format} writes them and under its name, and a {@link ProductCodeGraph} in a file
 * beside them, where a segment has enough documents to gain by it. The file is one of the segment's: it comes with the commit that has
 * the segment and goes with it, is built anew when segments are merged, and bears the segment's id, so that no other is taken for it.
 */
final class GraphedVectors extends KnnVectorsFormat {

    /** Up to here comparing all takes no longer than walking a graph. */
    static final int LEAST_DOCUMENTS = 3000;

    private static final String EXTENSION = "pqg";
    private static final String CODEC = "ChiaroProductCodeGraph";
    private static final int VERSION = 0;
    private static final String MARK = "chiaro-graph";
    private static final String JVECTOR = "jvector";

    private final FlatVectorsFormat flat = FlatVectors.full();

    GraphedVectors() {
        super(FlatVectors.NAME);
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        return new Writer(flat, state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        return reader(flat.fieldsReader(state), state);
    }

    @Override
    public int getMaxDimensions(String fieldName) {
        return WideVectors.MOST_DIMENSIONS;
    }

    /**
     * The vectors with their graph, if the segment has one. A graph that is not whole, or another's, is left alone: the vectors
     * are what counts, and all of them can be compared.
     */
    static KnnVectorsReader reader(KnnVectorsReader vectors, SegmentReadState state) {
        if (!JVECTOR.equals(state.segmentInfo.getAttribute(MARK))) {
            return vectors;
        }
        String name = name(state.segmentInfo.name, state.segmentSuffix);
        try {
            IndexInput file = state.directory.openInput(name, IOContext.DEFAULT);
            try {
                CodecUtil.checkIndexHeader(
                        file, CODEC, VERSION, VERSION, state.segmentInfo.getId(), state.segmentSuffix);
                long start = file.getFilePointer();
                CodecUtil.retrieveChecksum(file);
                file.seek(start);
                return GraphedVectorsReader.of(vectors, file, ProductCodeGraph.read(file));
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            return GraphedVectorsReader.without(
                    vectors,
                    name + ": expected the graph over vectors of the index, but found " + e.getMessage()
                            + ". They are compared one by one; write the index again for a new graph.");
        }
    }

    private static String name(String segment, String suffix) {
        return IndexFileNames.segmentFileName(segment, suffix, EXTENSION);
    }

    /** Writes the vectors, and the graph when they are all there. */
    private static final class Writer extends KnnVectorsWriter {

        private final FlatVectorsFormat format;
        private final FlatVectorsWriter vectors;
        private final SegmentWriteState state;
        private @Nullable FieldInfo field;
        private boolean closed;

        Writer(FlatVectorsFormat format, SegmentWriteState state) throws IOException {
            this.format = format;
            this.vectors = format.fieldsWriter(state);
            this.state = state;
        }

        @Override
        public KnnFieldVectorsWriter<?> addField(FieldInfo added) throws IOException {
            field = added;
            return vectors.addField(added);
        }

        @Override
        public void flush(int documents, Sorter.DocMap order) throws IOException {
            vectors.flush(documents, order);
        }

        @Override
        public void mergeOneField(FieldInfo one, MergeState merged) throws IOException {
            field = one;
            vectors.mergeOneField(one, merged);
        }

        @Override
        public void finish() throws IOException {
            vectors.finish();
            close();
            if (field == null) {
                return;
            }
            // The state knows the fields only where segments are merged.
            SegmentReadState written = new SegmentReadState(
                    state.directory,
                    state.segmentInfo,
                    new FieldInfos(new FieldInfo[] {field}),
                    IOContext.DEFAULT,
                    state.segmentSuffix);
            try (FlatVectorsReader reader = format.fieldsReader(written)) {
                FloatVectorValues all = reader.getFloatVectorValues(VectorField.NAME);
                // Each document has a vector, so that the graph may count as the segment does.
                if (all != null && all.size() >= LEAST_DOCUMENTS && all.size() == state.segmentInfo.maxDoc()) {
                    writeGraph((RandomAccessVectorValues.Floats) all);
                }
            }
        }

        private void writeGraph(RandomAccessVectorValues.Floats all) throws IOException {
            String name = name(state.segmentInfo.name, state.segmentSuffix);
            try (IndexOutput file = state.directory.createOutput(name, state.context)) {
                CodecUtil.writeIndexHeader(file, CODEC, VERSION, state.segmentInfo.getId(), state.segmentSuffix);
                ProductCodeGraph.write(file, all);
                CodecUtil.writeFooter(file);
            }
            state.segmentInfo.putAttribute(MARK, JVECTOR);
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                vectors.close();
            }
        }

        @Override
        public long ramBytesUsed() {
            return vectors.ramBytesUsed();
        }
    }
}
