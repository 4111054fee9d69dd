package io.chiaro.search;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.model.Ranker;
import io.chiaro.model.TextRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * A folder of texts with their vectors and their words, and the memory of the model that made the vectors. A query by
 * another model, or by the same with other prompts, is refused: its numbers would mean nothing here.
 *
 * <p>Up to 250,000 documents every vector is compared by two threads, which is exact; beyond that a graph finds nearly all
 * of the nearest ({@link SearchEngine}). Building it takes many times longer than writing the vectors, so a smaller index
 * has none. Scores are cosines; equal ones come in the order of {@link DocumentOrder}.
 *
 * <p>An open index is a snapshot; any number of threads may search it, as far as the embedder may.
 */
public final class TextIndex implements AutoCloseable {

    private static final String TEXT = "text";
    private static final String VECTOR = "vector";
    private static final String VERSION_KEY = "chiaro-index-version";
    private static final String VERSION = "2";
    private static final String ENGINE_KEY = "engine";
    private static final int MOST_EXACT = 250_000;
    private static final int THREADS = 2;
    private static final int LEAST_CANDIDATES = 100;
    private static final int WINDOW = 512;
    private static final double BUFFER_MEGABYTES = 128;

    private final Path folder;
    private final Directory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final Analyzer analyzer;
    private final IndexDescription description;

    private TextIndex(
            Path folder, Directory directory, DirectoryReader reader, Analyzer analyzer, IndexDescription description) {
        this.folder = folder;
        this.directory = directory;
        this.reader = reader;
        this.analyzer = analyzer;
        this.description = description;
        this.searcher = new IndexSearcher(reader);
        this.searcher.setSimilarity(Words.similarity());
    }

    /**
     * Embeds a collection and writes it. Until the end the folder holds what it held before, an older index or none: a kill
     * or an error loses nothing. Memory does not grow with the texts.
     *
     * @param folder missing, empty, or an index, which is replaced
     * @param documents ids each once; the caller closes the stream
     * @param embedder with at most 4096 dimensions
     * @throws ChiaroException if an id comes twice, the folder holds other files, or cannot be written
     */
    public static IndexDescription write(Path folder, Stream<Document> documents, Embedder embedder) {
        return write(folder, documents, embedder, MOST_EXACT, BUFFER_MEGABYTES);
    }

    /**
     * Writes with other limits.
     *
     * @param mostExact documents up to which there is no graph
     * @param bufferMegabytes of documents in memory before they become a segment
     */
    static IndexDescription write(
            Path folder, Stream<Document> documents, Embedder embedder, int mostExact, double bufferMegabytes) {
        Path place = folder.toAbsolutePath();
        ModelDescription model = embedder.description();
        if (model.dimension() > WideVectors.MOST_DIMENSIONS) {
            throw ChiaroException.model(model.name() + ": expected at most " + WideVectors.MOST_DIMENSIONS
                    + " dimensions for an index, but found " + model.dimension() + ". Shorten the vectors.");
        }
        refuseOtherFiles(place);
        VectorCodec codec = new VectorCodec();
        // Flat segments are few, and merging them would gain nothing.
        IndexWriterConfig config = new IndexWriterConfig(Words.analyzer())
                .setSimilarity(Words.similarity())
                .setCodec(codec)
                .setMergePolicy(NoMergePolicy.INSTANCE)
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setCommitOnClose(false)
                .setRAMBufferSizeMB(bufferMegabytes);
        try (Directory directory = FSDirectory.open(place);
                IndexWriter writer = new IndexWriter(directory, config)) {
            int count = 0;
            IdSet ids = new IdSet();
            List<Document> window = new ArrayList<>();
            for (Iterator<Document> all = documents.iterator(); all.hasNext(); ) {
                Document document = all.next();
                ids.addNew(document.id());
                window.add(document);
                if (window.size() == WINDOW || !all.hasNext()) {
                    if (count + window.size() > mostExact && !codec.writesGraphs()) {
                        codec.writeGraphs();
                        writer.getConfig().setMergePolicy(VectorCodec.mergesToGraphs());
                    }
                    add(writer, window, embedder);
                    count += window.size();
                    window.clear();
                }
            }
            if (codec.writesGraphs()) {
                writer.forceMerge(1);
            }
            IndexDescription description =
                    IndexDescription.of(count, model, codec.writesGraphs() ? SearchEngine.HNSW : SearchEngine.EXACT);
            writer.setLiveCommitData(memory(description).entrySet());
            writer.commit();
            return description;
        } catch (LockObtainFailedException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    place
                            + ": expected to be the only writer of the index, but found another at work. Wait for its end.",
                    e);
        } catch (IOException | UncheckedIOException e) {
            IOException said = e instanceof UncheckedIOException unchecked && unchecked.getCause() != null
                    ? unchecked.getCause()
                    : e instanceof IOException io ? io : new IOException(e.getMessage(), e);
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    place + ": expected to write the index, but found: " + AtomicFiles.reason(said)
                            + ". What was there before still stands. Free space or choose another folder.",
                    e);
        }
    }

    private static void add(IndexWriter writer, List<Document> window, Embedder embedder) throws IOException {
        float[][] vectors =
                embedder.embed(window.stream().map(Document::content).toList(), TextRole.DOCUMENT);
        for (int i = 0; i < vectors.length; i++) {
            Document document = window.get(i);
            check(embedder.description(), document.id(), vectors[i]);
            org.apache.lucene.document.Document fields = new org.apache.lucene.document.Document();
            fields.add(new StringField(Words.ID, document.id(), Field.Store.YES));
            fields.add(new StoredField(TEXT, document.content()));
            fields.add(new TextField(Words.CONTENTS, document.content(), Field.Store.NO));
            fields.add(new KnnFloatVectorField(VECTOR, unit(vectors[i]), VectorSimilarityFunction.DOT_PRODUCT));
            writer.addDocument(fields);
        }
    }

    private static void check(ModelDescription model, String id, float[] vector) {
        if (vector.length != model.dimension()) {
            throw ChiaroException.model(
                    model.name() + ": expected " + model.dimension() + " numbers a vector, but found " + vector.length
                            + " for document " + id + ". The description of the model is wrong.");
        }
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw ChiaroException.model(model.name() + ": expected finite numbers in a vector, but found " + value
                        + " for document " + id + ". The weights are broken; train or export the model again.");
            }
        }
    }

    private static void refuseOtherFiles(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.matches("_[0-9a-z]+[._].*|(pending_)?segments.*|write\\.lock"))
                    .sorted()
                    .findFirst()
                    .ifPresent(name -> {
                        throw ChiaroException.usage(
                                folder + ": expected an empty folder or an index, but found the file " + name
                                        + ". Choose another folder.");
                    });
        } catch (IOException e) {
            throw ChiaroException.usage(
                    folder + ": expected a folder for the index, but found something else. Choose another.");
        }
    }

    private static Map<String, String> memory(IndexDescription description) {
        Map<String, String> memory = new LinkedHashMap<>();
        memory.put(VERSION_KEY, VERSION);
        memory.put("documents", String.valueOf(description.documents()));
        memory.put("model-name", description.modelName());
        memory.put("model-hash", description.modelHash());
        memory.put("dimension", String.valueOf(description.dimension()));
        memory.put("max-tokens", String.valueOf(description.maxTokens()));
        memory.put("prompt-text", description.prompts().text());
        memory.put("prompt-query", description.prompts().query());
        memory.put("prompt-document", description.prompts().document());
        memory.put(ENGINE_KEY, description.engine().name().toLowerCase(Locale.ROOT));
        return memory;
    }

    /**
     * Opens an index.
     *
     * @throws ChiaroException if there is none, it was never finished, or it is of another version
     */
    public static TextIndex open(Path folder) {
        Path place = folder.toAbsolutePath();
        if (!Files.isDirectory(place)) {
            throw ChiaroException.model(place + ": expected the folder of an index, but found none. Check the path.");
        }
        try {
            Directory directory = FSDirectory.open(place);
            try {
                DirectoryReader reader = DirectoryReader.open(directory);
                try {
                    Map<String, String> memory = reader.getIndexCommit().getUserData();
                    String version = memory.getOrDefault(VERSION_KEY, "none");
                    if (!version.equals(VERSION)) {
                        throw ChiaroException.model(place + ": expected an index of version " + VERSION + ", but found "
                                + version + ". Write the index again.");
                    }
                    return new TextIndex(place, directory, reader, Words.analyzer(), description(place, memory));
                } catch (IOException | RuntimeException e) {
                    reader.close();
                    throw e;
                }
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (IndexNotFoundException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    place + ": expected a finished index, but found none. Write the index again.",
                    e);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    place + ": expected a readable index, but found " + e + ". Write the index again.",
                    e);
        }
    }

    private static IndexDescription description(Path place, Map<String, String> memory) {
        return new IndexDescription(
                Integer.parseInt(value(place, memory, "documents")),
                value(place, memory, "model-name"),
                value(place, memory, "model-hash"),
                Integer.parseInt(value(place, memory, "dimension")),
                Integer.parseInt(value(place, memory, "max-tokens")),
                new Prompts(
                        value(place, memory, "prompt-text"),
                        value(place, memory, "prompt-query"),
                        value(place, memory, "prompt-document")),
                engine(place, value(place, memory, ENGINE_KEY)));
    }

    private static SearchEngine engine(Path place, String name) {
        for (SearchEngine engine : SearchEngine.values()) {
            if (engine.name().toLowerCase(Locale.ROOT).equals(name)) {
                return engine;
            }
        }
        throw ChiaroException.model(
                place + ": expected the engine exact or hnsw, but found " + name + ". Write the index again.");
    }

    private static String value(Path place, Map<String, String> memory, String key) {
        String value = memory.get(key);
        if (value == null) {
            throw ChiaroException.model(
                    place + ": expected \"" + key + "\" in the index, but found none. Write the index again.");
        }
        return value;
    }

    /** What the index holds and which model filled it. */
    public IndexDescription description() {
        return description;
    }

    /**
     * The texts nearest to a query, best first.
     *
     * @param embedder the model that filled the index
     * @param k how many at most, at least 1
     * @throws ChiaroException if the embedder is another model
     */
    public List<TextHit> search(String query, Embedder embedder, int k) {
        refuseOtherModel(embedder.description());
        return search(embedder.embed(List.of(query), TextRole.QUERY)[0], k);
    }

    private void refuseOtherModel(ModelDescription model) {
        if (!model.hash().equals(description.modelHash())) {
            throw ChiaroException.model(folder + ": expected queries of the model " + description.modelName()
                    + " (hash "
                    + brief(description.modelHash()) + ") that filled the index, but found " + model.name() + " (hash "
                    + brief(model.hash()) + "). Use that model or write the index again.");
        }
        if (!model.prompts().equals(description.prompts())) {
            throw ChiaroException.model(
                    folder + ": expected the prompts that filled the index, " + description.prompts() + ", but found "
                            + model.prompts() + ". Use the same prompts or write the index again.");
        }
    }

    private static String brief(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }

    /**
     * The texts nearest to a vector of the model that filled the index, best first.
     *
     * @throws ChiaroException if the vector has another dimension
     */
    public List<TextHit> search(float[] vector, int k) {
        if (vector.length != description.dimension()) {
            throw ChiaroException.model(folder + ": expected a query of " + description.dimension()
                    + " numbers, but found " + vector.length + ". Use the model " + description.modelName() + ".");
        }
        if (k < 1) {
            throw new IllegalArgumentException("TextIndex.search: expected k of at least 1, but found " + k);
        }
        try {
            float[] query = unit(vector);
            return isExact() ? exact(query, k) : nearest(query, k);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The texts that share the most telling words with a query, by BM25, best first. */
    public List<TextHit> searchWords(String query, int k) {
        try {
            List<TextHit> hits = new ArrayList<>();
            for (Hit hit : Words.rank(searcher, analyzer, query, k)) {
                hits.add(hit(hit));
            }
            return hits;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * The best texts by words and vectors together, best first; the score is that of the fusion.
     *
     * @param embedder the model that filled the index
     * @param vectorWeight of the vectors, from 0 to 1; the words have the rest
     * @throws ChiaroException if the embedder is another model
     */
    public List<TextHit> searchHybrid(String query, Embedder embedder, Fusion fusion, double vectorWeight, int k) {
        refuseOtherModel(embedder.description());
        return searchHybrid(query, embedder.embed(List.of(query), TextRole.QUERY)[0], fusion, vectorWeight, k);
    }

    /**
     * The same for a query whose vector is known.
     *
     * @param vector of the query, made by the model that filled the index
     * @throws ChiaroException if the vector has another dimension
     */
    public List<TextHit> searchHybrid(String query, float[] vector, Fusion fusion, double vectorWeight, int k) {
        int looked = Math.max(HybridRanker.LEAST_DEPTH, k);
        Map<String, TextHit> vectors = new LinkedHashMap<>();
        search(vector, looked).forEach(hit -> vectors.put(hit.id(), hit));
        try {
            List<Hit> words = Words.rank(searcher, analyzer, query, looked);
            List<TextHit> hits = new ArrayList<>();
            for (Hit hit : HybridRanker.fused(words, bare(List.copyOf(vectors.values())), fusion, vectorWeight, k)) {
                TextHit known = vectors.get(hit.id());
                hits.add(known == null ? hit(hit) : new TextHit(hit.id(), hit.score(), known.text()));
            }
            return hits;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static List<Hit> bare(List<TextHit> hits) {
        return hits.stream().map(hit -> new Hit(hit.id(), hit.score())).toList();
    }

    /**
     * The index as a ranker over its vectors, for example to be judged.
     *
     * @param embedder the model that filled the index; it and the index stay with the caller
     * @throws ChiaroException if the embedder is another model
     */
    public Ranker ranker(Embedder embedder) {
        refuseOtherModel(embedder.description());
        return new Ranker() {
            @Override
            public List<Hit> rank(String query, int depth) {
                return bare(search(query, embedder, depth));
            }

            @Override
            public String description() {
                return description.modelName() + ", cosine, "
                        + (isExact() ? "every vector compared" : "graph search with Lucene");
            }

            @Override
            public void close() {}
        };
    }

    private boolean isExact() {
        return description.engine() == SearchEngine.EXACT;
    }

    List<TextHit> exact(float[] query, int k) throws IOException {
        int documents = reader.maxDoc();
        if (documents == 0) {
            return List.of();
        }
        int wanted = Math.min(k, documents);
        BestScores best = new BestScores(wanted);
        try {
            IntStream.range(0, THREADS)
                    .parallel()
                    .mapToObj(part -> {
                        BestScores found = new BestScores(wanted);
                        compare(
                                query,
                                (int) ((long) documents * part / THREADS),
                                (int) ((long) documents * (part + 1) / THREADS),
                                found::add);
                        return found;
                    })
                    .forEachOrdered(best::addAll);
            List<TextHit> hits = new ArrayList<>();
            for (int i = 0; i < best.size(); i++) {
                if (!best.isDrawn() || best.score(i) > best.lowest()) {
                    hits.add(hit(best.document(i), best.score(i)));
                }
            }
            if (best.isDrawn()) {
                addDrawn(query, best.lowest(), wanted, hits);
            }
            return ordered(hits, k);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Fills the last places when more documents have the last score than there are places: those with the greatest ids. A
     * second look at the vectors costs time only where there is a draw, and holds no more than the places.
     */
    private void addDrawn(float[] query, float score, int wanted, List<TextHit> hits) throws IOException {
        int places = wanted - hits.size();
        PriorityQueue<Drawn> drawn = new PriorityQueue<>((a, b) -> DocumentOrder.compareIds(a.id, b.id));
        StoredFields stored = searcher.storedFields();
        compare(query, 0, reader.maxDoc(), (document, other) -> {
            if (other == score) {
                drawn.add(new Drawn(id(stored, document), document));
                if (drawn.size() > places) {
                    drawn.remove();
                }
            }
        });
        for (Drawn last : drawn) {
            hits.add(hit(last.document, score));
        }
    }

    private record Drawn(String id, int document) {}

    private interface Scored {
        void accept(int document, float score);
    }

    /** Tells the cosine of each document from one number to before another. */
    private void compare(float[] query, int from, int to, Scored scored) {
        try {
            for (LeafReaderContext leaf : reader.leaves()) {
                FloatVectorValues vectors = leaf.reader().getFloatVectorValues(VECTOR);
                int first = Math.max(from - leaf.docBase, 0);
                int end = Math.min(to - leaf.docBase, leaf.reader().maxDoc());
                if (vectors == null || first >= end) {
                    continue;
                }
                for (int at = vectors.advance(first); at < end; at = vectors.nextDoc()) {
                    scored.accept(leaf.docBase + at, dot(query, vectors.vectorValue()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String id(StoredFields stored, int document) {
        try {
            return stored.document(document, Set.of(Words.ID)).get(Words.ID);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<TextHit> nearest(float[] query, int k) throws IOException {
        int candidates = Math.max(LEAST_CANDIDATES, (int) Math.min(reader.maxDoc(), 4L * k));
        List<TextHit> hits = new ArrayList<>();
        for (ScoreDoc found :
                searcher.search(new KnnFloatVectorQuery(VECTOR, query, candidates), candidates).scoreDocs) {
            // Lucene's score is (1 + cosine) / 2, so that none is negative.
            hits.add(hit(found.doc, 2 * found.score - 1));
        }
        return ordered(hits, k);
    }

    private static List<TextHit> ordered(List<TextHit> hits, int k) {
        hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return List.copyOf(hits.subList(0, Math.min(k, hits.size())));
    }

    /** A hit by its id, with its text. */
    private TextHit hit(Hit found) throws IOException {
        return hit(searcher.search(new TermQuery(new Term(Words.ID, found.id())), 1).scoreDocs[0].doc, found.score());
    }

    private TextHit hit(int document, float score) throws IOException {
        org.apache.lucene.document.Document fields = searcher.storedFields().document(document, Set.of(Words.ID, TEXT));
        return new TextHit(fields.get(Words.ID), score, fields.get(TEXT));
    }

    private ChiaroException unreadable(IOException cause) {
        return ChiaroException.of(
                ChiaroException.Kind.MODEL,
                folder + ": expected a readable index, but found " + cause + ". Write the index again.",
                cause);
    }

    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.max(Math.sqrt(squares), 1e-12);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    /** Four sums, because one would wait for itself at each step. Doubles, so that equal vectors score equally. */
    private static float dot(float[] a, float[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            sum0 += (double) a[i] * b[i];
            sum1 += (double) a[i + 1] * b[i + 1];
            sum2 += (double) a[i + 2] * b[i + 2];
            sum3 += (double) a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            sum0 += (double) a[i] * b[i];
        }
        // Adding zero turns a negative zero, which a tiny sum may round to, into the other.
        return (float) (sum0 + sum1 + (sum2 + sum3)) + 0f;
    }

    @Override
    public void close() {
        try {
            reader.close();
            directory.close();
            analyzer.close();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }
}
