package io.chiaro.search.vector;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.OnDiskSequentialGraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.quantization.KMeansPlusPlusClusterer;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.hnsw.RandomAccessVectorValues;
import org.jspecify.annotations.Nullable;

/**
 * A graph over the vectors of a segment and their product codes, as JVector builds and walks it (Subramanya et al., "DiskANN: Fast
 * accurate billion-point nearest neighbor search on a single node", 2019; Jégou, Douze and Schmid, "Product quantization for
 * nearest neighbor search", 2011). A code is a byte for each of m parts of a vector, the nearest of 256 centroids of that part:
 *
 * <pre>  s(q, d) ~ sum over parts p of q_p * c_p(code_p(d))</pre>
 *
 * <p>The file holds the codes and then the graph; the vectors stay in Lucene's. The graph is read where it lies and the codes are
 * held in memory, from the first search on. Safe for any thread, as long as the file is open.
 */
final class ProductCodeGraph {

    private static final int NEIGHBOURS = 32;
    private static final int BEAM = 100;
    private static final float OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;

    private static final int CENTROIDS = 256;

    /** Numbers of a vector for each byte of its code, but no code is shorter than {@link #LEAST_BYTES}. */
    private static final int NUMBERS_A_BYTE = 8;

    private static final int LEAST_BYTES = 32;

    /** A hundred for each centroid. */
    private static final int MOST_TRAINED_ON = 100 * CENTROIDS;

    private final IndexInput file;
    private final long codesStart;
    private final long graphStart;
    private final long graphEnd;
    private @Nullable Walked walked;

    /** What is in memory. */
    private record Walked(OnDiskGraphIndex graph, PQVectors codes) {}

    private ProductCodeGraph(IndexInput file, long codesStart, long graphStart, long graphEnd) {
        this.file = file;
        this.codesStart = codesStart;
        this.graphStart = graphStart;
        this.graphEnd = graphEnd;
    }

    /**
     * Builds a graph and its codes, with all processors, and writes them to where a file stands, as what it holds up to its footer.
     *
     * @param vectors of length one
     */
    static void write(IndexOutput file, RandomAccessVectorValues.Floats vectors) throws IOException {
        GraphVectors all = new GraphVectors(vectors, 1);
        // Not the pool that all share: searches of other segments would wait in it until the graph is built.
        ForkJoinPool threads = new ForkJoinPool();
        try {
            ProductQuantization parts = ProductQuantization.compute(
                    all.sample(MOST_TRAINED_ON),
                    codeBytes(vectors.dimension()),
                    CENTROIDS,
                    false,
                    KMeansPlusPlusClusterer.UNWEIGHTED,
                    threads,
                    threads);
            parts.encodeAll(all, threads).write(new GraphOutput(file), OnDiskGraphIndex.CURRENT_VERSION);
            long graphStart = file.getFilePointer();
            try (GraphIndexBuilder builder = new GraphIndexBuilder(
                    BuildScoreProvider.randomAccessScoreProvider(all, VectorSimilarityFunction.DOT_PRODUCT),
                    vectors.dimension(),
                    NEIGHBOURS,
                    BEAM,
                    OVERFLOW,
                    ALPHA,
                    true,
                    true,
                    threads,
                    threads)) {
                // The format wants vectors beside the neighbours; these have no numbers, because Lucene's file has
                // them.
                try (OnDiskSequentialGraphIndexWriter writer = new OnDiskSequentialGraphIndexWriter.Builder(
                                builder.build(all), new GraphOutput(file))
                        .with(new InlineVectors(0))
                        .build()) {
                    writer.write(
                            Map.of(FeatureId.INLINE_VECTORS, document -> new InlineVectors.State(GraphVectors.none())));
                }
            }
            file.writeLong(graphStart);
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * A graph in a file that stands where {@link #write} began.
     *
     * @param file that has a footer; stays with the caller
     */
    static ProductCodeGraph read(IndexInput file) throws IOException {
        long codesStart = file.getFilePointer();
        long graphEnd = file.length() - CodecUtil.footerLength() - Long.BYTES;
        file.seek(graphEnd);
        return new ProductCodeGraph(file, codesStart, file.readLong(), graphEnd);
    }

    private static int codeBytes(int dimension) {
        return Math.min(dimension, Math.max(LEAST_BYTES, (dimension + NUMBERS_A_BYTE - 1) / NUMBERS_A_BYTE));
    }

    /**
     * The documents of the segment whose codes are the nearest to a query, as far as the walk comes by them.
     *
     * @param query of length one
     * @param most documents
     * @param allowed documents; others are walked over
     */
    int[] nearest(float[] query, int most, IntPredicate allowed) throws IOException {
        Walked open = walked();
        try (GraphSearcher searcher = new GraphSearcher(open.graph)) {
            SearchResult found = searcher.search(
                    new DefaultSearchScoreProvider(open.codes.precomputedScoreFunctionFor(
                            GraphVectors.shared(query), VectorSimilarityFunction.DOT_PRODUCT)),
                    most,
                    allowed::test);
            return Stream.of(found.getNodes()).mapToInt(node -> node.node).toArray();
        }
    }

    private synchronized Walked walked() throws IOException {
        if (walked == null) {
            IndexInput codes = file.slice("codes", codesStart, graphStart - codesStart);
            IndexInput graph = file.slice("graph", graphStart, graphEnd - graphStart);
            walked = new Walked(
                    OnDiskGraphIndex.load(() -> new GraphInput(graph.clone())), PQVectors.load(new GraphInput(codes)));
        }
        return walked;
    }
}
