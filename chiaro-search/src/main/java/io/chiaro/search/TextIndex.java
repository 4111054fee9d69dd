package io.chiaro.search;

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
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
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
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
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
 * <p>Up to 20,000 documents every vector is compared, which is exact and takes a few milliseconds; beyond that a graph
 * (Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs", 2020) finds nearly
 * all of the nearest. Scores are cosines; equal ones come in the order of {@link DocumentOrder}.
 *
 * <p>An open index is a snapshot; any number of threads may search it, as far as the embedder may.
 */
public final class TextIndex implements AutoCloseable {

    private static final String TEXT = "text";
    private static final String VECTOR = "vector";
    private static final String VERSION_KEY = "chiaro-index-version";
    private static final String VERSION = "1";
    private static final int EXACT = 20_000;
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
        Path place = folder.toAbsolutePath();
        ModelDescription model = embedder.description();
        if (model.dimension() > WideVectors.MOST_DIMENSIONS) {
            throw ChiaroException.model(model.name() + ": expected at most " + WideVectors.MOST_DIMENSIONS
                    + " dimensions for an index, but found " + model.dimension() + ". Shorten the vectors.");
        }
        refuseOtherFiles(place);
        IndexWriterConfig config = new IndexWriterConfig(Words.analyzer())
                .setSimilarity(Words.similarity())
                .setCodec(WideVectors.codec())
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setCommitOnClose(false)
                .setRAMBufferSizeMB(BUFFER_MEGABYTES);
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
                    add(writer, window, embedder);
                    count += window.size();
                    window.clear();
                }
            }
            IndexDescription description = IndexDescription.of(count, model);
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
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    place + ": expected to write the index, but found " + e
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
                        value(place, memory, "prompt-document")));
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
            return reader.maxDoc() <= EXACT ? exact(query, k) : nearest(query, k);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The texts that share the most telling words with a query, by BM25, best first. */
    public List<TextHit> searchWords(String query, int k) {
        try {
            List<TextHit> hits = new ArrayList<>();
            for (Hit hit : Words.rank(searcher, analyzer, query, k)) {
                int document = searcher.search(new TermQuery(new Term(Words.ID, hit.id())), 1).scoreDocs[0].doc;
                hits.add(hit(document, hit.score()));
            }
            return hits;
        } catch (IOException e) {
            throw unreadable(e);
        }
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
                return search(query, embedder, depth).stream()
                        .map(hit -> new Hit(hit.id(), hit.score()))
                        .toList();
            }

            @Override
            public String description() {
                return description.modelName() + ", cosine, "
                        + (reader.maxDoc() <= EXACT ? "every vector compared" : "graph search with Lucene");
            }

            @Override
            public void close() {}
        };
    }

    List<TextHit> exact(float[] query, int k) throws IOException {
        PriorityQueue<ScoreDoc> best = new PriorityQueue<>(Comparator.comparingDouble(found -> found.score));
        List<ScoreDoc> tied = new ArrayList<>();
        for (LeafReaderContext leaf : reader.leaves()) {
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(VECTOR);
            if (vectors == null) {
                continue;
            }
            for (int at = vectors.nextDoc(); at != DocIdSetIterator.NO_MORE_DOCS; at = vectors.nextDoc()) {
                float score = dot(query, vectors.vectorValue());
                if (best.size() < k || score > best.element().score) {
                    best.add(new ScoreDoc(leaf.docBase + at, score));
                    if (best.size() > k) {
                        ScoreDoc worst = best.remove();
                        tied.removeIf(other -> other.score < worst.score);
                        tied.add(worst);
                    }
                } else if (score == best.element().score) {
                    tied.add(new ScoreDoc(leaf.docBase + at, score));
                }
            }
        }
        List<TextHit> hits = new ArrayList<>();
        float lowest = best.isEmpty() ? 0 : best.element().score;
        for (ScoreDoc found : best) {
            hits.add(hit(found.doc, found.score));
        }
        for (ScoreDoc found : tied) {
            if (found.score == lowest) {
                hits.add(hit(found.doc, found.score));
            }
        }
        return ordered(hits, k);
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

    private static float dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return (float) sum;
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
