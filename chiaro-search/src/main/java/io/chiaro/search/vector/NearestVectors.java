package io.chiaro.search.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.jspecify.annotations.Nullable;

/**
 * Finds the nearest vectors of a snapshot, among those that a filter allows, in each way that an index may have. Queries have
 * length one; scores are cosines of full vectors; what is found has no order and may be more than was asked for. Safe for any
 * thread.
 */
public final class NearestVectors {

    private static final int LEAST_CANDIDATES = 100;

    /**
     * A walk takes about as long as comparing so many vectors for each of its c candidates, and n / a times as long where a of n
     * documents are allowed. So comparing the allowed ones is quicker where a is at most this times c n / a.
     */
    private static final int WALK = 12;

    /** Reads the id of a document, by which equal scores are ordered. */
    @FunctionalInterface
    public interface Ids {
        String of(StoredFields stored, int document);
    }

    private final IndexSearcher searcher;
    private final IndexReader reader;
    private final Optional<Query> filter;
    private final Quantisation quantisation;
    private final Ids ids;
    private final AtomicReference<@Nullable Allowed> allowed = new AtomicReference<>();

    /** The vectors of a snapshot. */
    public NearestVectors(IndexSearcher searcher, Optional<Query> filter, Quantisation quantisation, Ids ids) {
        this.searcher = searcher;
        this.reader = searcher.getIndexReader();
        this.filter = filter;
        this.quantisation = quantisation;
        this.ids = ids;
    }

    /** The documents that can be found; looked for once. */
    public Allowed allowed() throws IOException {
        Allowed known = allowed.get();
        if (known == null) {
            known = filter.isPresent() ? Allowed.matching(searcher, filter.get()) : Allowed.undeleted(reader);
            allowed.set(known);
        }
        return known;
    }

    /** Compares every vector in full. */
    public List<ScoreDoc> exact(float[] query, int k) throws IOException {
        return new ExactSearch(reader, allowed(), query, ids).nearest(k);
    }

    /** Compares every vector in its short form, and the best in full. */
    List<ScoreDoc> coded(float[] query, int k) throws IOException {
        int wanted = Math.min(quantisation.candidates(k), reader.maxDoc());
        if (wanted == 0) {
            return List.of();
        }
        VectorScan.Source codes =
                quantisation == Quantisation.BINARY ? SignBits.source(query) : SmallNumbers.source(query);
        try {
            BestScores best = new VectorScan(reader, allowed(), codes).best(wanted);
            int[] candidates =
                    IntStream.range(0, best.size()).map(best::document).toArray();
            return FullComparison.of(reader, query, candidates);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Walks a graph, and compares what it finds in full: the graph's scores may be those of a short form. */
    List<ScoreDoc> walked(float[] query, int k) throws IOException {
        int candidates = Math.max(LEAST_CANDIDATES, (int) Math.min(reader.maxDoc(), 4L * k));
        KnnFloatVectorQuery nearest = new KnnFloatVectorQuery(VectorField.NAME, query, candidates, filter.orElse(null));
        int[] found = Stream.of(searcher.search(nearest, candidates).scoreDocs)
                .mapToInt(candidate -> candidate.doc)
                .toArray();
        return FullComparison.of(reader, query, found);
    }

    /**
     * Walks the graph of each segment that has one over the product codes, and compares what it finds in full; where there is none, or it
     * brings too few, all vectors of the segment. Where few documents are allowed at all, these are compared instead, since a walk
     * goes over many others to come by them.
     */
    List<ScoreDoc> walkedByProductCodes(float[] query, int k) throws IOException {
        Allowed found = allowed();
        int most = quantisation.candidates(k);
        double few = found.count(reader.maxDoc());
        if (few * few <= (double) WALK * most * reader.maxDoc()) {
            return exact(query, k);
        }
        VectorScan scan = new VectorScan(reader, found, VectorScan.cosines(query));
        IntStream.Builder candidates = IntStream.builder();
        for (LeafReaderContext leaf : reader.leaves()) {
            int documents = leaf.reader().maxDoc();
            int wanted = Math.min(most, documents);
            Optional<ProductCodeGraph> graph = graph(leaf);
            int[] near = graph.isPresent()
                    ? graph.get().nearest(query, wanted, document -> found.has(leaf, document))
                    : new int[0];
            if (near.length == wanted) {
                IntStream.of(near).forEach(document -> candidates.add(leaf.docBase + document));
            } else {
                // Few are allowed here, or many equal vectors have cut the graph in pieces.
                BestScores best = new BestScores(Math.min(k, documents));
                scan.each(leaf.docBase, leaf.docBase + documents, best::add);
                IntStream.range(0, best.size()).map(best::document).forEach(candidates::add);
            }
        }
        return FullComparison.of(reader, query, candidates.build().toArray());
    }

    /** How many documents, deleted ones left out, are under a graph that {@link #walkedByProductCodes} walks. */
    public int underGraphs() {
        return reader.leaves().stream()
                .filter(leaf -> graph(leaf).isPresent())
                .mapToInt(leaf -> leaf.reader().numDocs())
                .sum();
    }

    private static Optional<ProductCodeGraph> graph(LeafReaderContext leaf) {
        return GraphedVectorsReader.of(leaf.reader()).flatMap(GraphedVectorsReader::graph);
    }

    /** The graphs that cannot be used, and why. */
    public List<String> faults() {
        return reader.leaves().stream()
                .flatMap(leaf -> GraphedVectorsReader.of(leaf.reader()).flatMap(GraphedVectorsReader::fault).stream())
                .toList();
    }
}
