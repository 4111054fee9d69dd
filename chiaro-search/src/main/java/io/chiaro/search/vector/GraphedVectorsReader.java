package io.chiaro.search.vector;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.IOUtils;

/** Vectors of a segment that were written with a graph: both, or the vectors alone and what is wrong with the graph. */
final class GraphedVectorsReader extends KnnVectorsReader {

    private final KnnVectorsReader vectors;
    private final Closeable file;
    private final Optional<ProductCodeGraph> graph;
    private final Optional<String> fault;

    private GraphedVectorsReader(
            KnnVectorsReader vectors, Closeable file, Optional<ProductCodeGraph> graph, Optional<String> fault) {
        this.vectors = vectors;
        this.file = file;
        this.graph = graph;
        this.fault = fault;
    }

    static GraphedVectorsReader of(KnnVectorsReader vectors, Closeable file, ProductCodeGraph graph) {
        return new GraphedVectorsReader(vectors, file, Optional.of(graph), Optional.empty());
    }

    static GraphedVectorsReader without(KnnVectorsReader vectors, String fault) {
        return new GraphedVectorsReader(vectors, () -> {}, Optional.empty(), Optional.of(fault));
    }

    /** That of a segment; none if its vectors were written without a graph. */
    static Optional<GraphedVectorsReader> of(LeafReader leaf) {
        KnnVectorsReader reader = ((CodecReader) FilterLeafReader.unwrap(leaf)).getVectorReader();
        KnnVectorsReader field = reader instanceof PerFieldKnnVectorsFormat.FieldsReader fields
                ? fields.getFieldReader(VectorField.NAME)
                : reader;
        return field instanceof GraphedVectorsReader graphed ? Optional.of(graphed) : Optional.empty();
    }

    Optional<ProductCodeGraph> graph() {
        return graph;
    }

    /** Why the graph cannot be used. */
    Optional<String> fault() {
        return fault;
    }

    /** Of the vectors: a graph that is broken costs time and no document, and is built anew when segments are merged. */
    @Override
    public void checkIntegrity() throws IOException {
        vectors.checkIntegrity();
    }

    @Override
    public FloatVectorValues getFloatVectorValues(String field) throws IOException {
        return vectors.getFloatVectorValues(field);
    }

    @Override
    public ByteVectorValues getByteVectorValues(String field) throws IOException {
        return vectors.getByteVectorValues(field);
    }

    @Override
    public void search(String field, float[] target, KnnCollector collector, Bits accepted) throws IOException {
        vectors.search(field, target, collector, accepted);
    }

    @Override
    public void search(String field, byte[] target, KnnCollector collector, Bits accepted) throws IOException {
        vectors.search(field, target, collector, accepted);
    }

    @Override
    public long ramBytesUsed() {
        return vectors.ramBytesUsed();
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(vectors, file);
    }
}
