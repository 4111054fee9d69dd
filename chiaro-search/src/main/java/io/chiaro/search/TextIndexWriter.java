package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseVector;
import io.chiaro.model.TextRole;
import io.chiaro.search.filter.Filter;
import io.chiaro.search.vector.FlatVectors;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.search.vector.UnitVectors;
import io.chiaro.search.vector.VectorCodec;
import io.chiaro.search.vector.WideVectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KeepOnlyLastCommitDeletionPolicy;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SnapshotDeletionPolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * Changes an index: adds documents, replaces those whose ids it holds already, deletes. What {@link #commit} has returned
 * from is on the disk and survives a kill and a power cut; what was not committed is gone with the writer, and readers never
 * see it.
 *
 * <p>A folder has one writer at a time and any number of readers, in this process or others. Vectors must be of the model
 * that filled the index. When it grows over 250,000 documents, the commit that does so builds a graph over all of them and
 * takes its time; it keeps its graph when it shrinks. An index of {@link SearchEngine#JVECTOR} gets a graph for each part of
 * 3,000 documents or more that is written or merged; smaller parts are compared.
 *
 * <p>Any number of threads may use it; a commit holds what was added before it began.
 */
public final class TextIndexWriter implements AutoCloseable {

    /** Most bytes of an id. */
    public static final int LONGEST_ID = 1024;

    /** Most different names in the metadata of all documents of an index. */
    public static final int MOST_METADATA_NAMES = 1000;

    private static final int WINDOW = 512;

    private final Path place;
    private final Directory directory;
    private final IndexWriter writer;
    private final SnapshotDeletionPolicy commits;
    private final VectorCodec codec;
    private final IndexDescription before;
    private final int mostExact;
    private boolean allHaveGraphs;

    private TextIndexWriter(
            Path place,
            Directory directory,
            IndexWriter writer,
            SnapshotDeletionPolicy commits,
            VectorCodec codec,
            IndexDescription before,
            int mostExact) {
        this.place = place;
        this.directory = directory;
        this.writer = writer;
        this.commits = commits;
        this.codec = codec;
        this.before = before;
        this.mostExact = mostExact;
        codec.quantise(before.quantisation());
        if (before.engine() == SearchEngine.HNSW || before.engine() == SearchEngine.JVECTOR) {
            codec.writeGraphs();
        }
        this.allHaveGraphs = !codec.graphsAreOfAll();
    }

    /** How an index begins: from what it remembers, or new. */
    @FunctionalInterface
    private interface Beginning {
        IndexDescription of(boolean exists, Map<String, String> memory, int documents);
    }

    /**
     * Opens an index to change it, or begins one.
     *
     * @param folder an index; missing or empty begins one
     * @param model whose vectors it takes
     * @throws ChiaroException if another model filled it, another writer is at work, the folder holds other files, or cannot
     *     be written
     */
    public static TextIndexWriter open(Path folder, ModelDescription model) {
        return open(folder, model, WholeIndex.MOST_EXACT);
    }

    static TextIndexWriter open(Path folder, ModelDescription model, int mostExact) {
        return open(folder, model, Optional.empty(), mostExact);
    }

    /**
     * Opens an index whose documents have sparse vectors, too, or begins one.
     *
     * @param folder an index; missing or empty begins one
     * @param model whose vectors it takes
     * @param sparse whose weights of tokens it takes beside
     * @throws ChiaroException as above, and if the index has no sparse vectors or those of another model
     */
    public static TextIndexWriter open(Path folder, ModelDescription model, ModelDescription sparse) {
        return open(folder, model, Optional.of(sparse), WholeIndex.MOST_EXACT);
    }

    private static TextIndexWriter open(
            Path folder, ModelDescription model, Optional<ModelDescription> sparse, int mostExact) {
        WideVectors.refuseWider(model);
        String where = folder.toAbsolutePath().toString();
        IndexFolder.refuseOtherFiles(folder.toAbsolutePath());
        return open(folder, mostExact, (exists, memory, documents) -> {
            if (!exists) {
                return IndexDescription.of(0, model, SearchEngine.EXACT, IndexForm.defaults(), sparse);
            }
            IndexDescription found = IndexMemory.read(where, memory, documents);
            found.refuseOther(where, "documents", model);
            sparse.ifPresent(known -> found.refuseOtherSparse(where, "weights", known));
            return found;
        });
    }

    /**
     * Opens an index that is there, for the model that filled it.
     *
     * @throws ChiaroException if there is none, another writer is at work, the folder holds other files, or cannot be written
     */
    public static TextIndexWriter open(Path folder) {
        String where = folder.toAbsolutePath().toString();
        IndexFolder.open(folder).close();
        // Lucene's writer leaves files where there was no index and deletes others, so that none is opened to look.
        IndexFolder.refuseOtherFiles(folder.toAbsolutePath());
        if (!IndexFolder.hasIndex(folder)) {
            throw noIndex(where);
        }
        return open(folder, WholeIndex.MOST_EXACT, (exists, memory, documents) -> {
            if (!exists) {
                throw noIndex(where);
            }
            return IndexMemory.read(where, memory, documents);
        });
    }

    private static ChiaroException noIndex(String where) {
        return ChiaroException.model(where + ": expected a finished index, but found none. Write it first.");
    }

    private static TextIndexWriter open(Path folder, int mostExact, Beginning beginning) {
        Path place = folder.toAbsolutePath();
        VectorCodec codec = new VectorCodec();
        SnapshotDeletionPolicy commits = new SnapshotDeletionPolicy(new KeepOnlyLastCommitDeletionPolicy());
        RememberedWords words = new RememberedWords();
        IndexWriterConfig config = new IndexWriterConfig(words)
                .setSimilarity(Words.similarity())
                .setCodec(codec)
                .setMergePolicy(VectorCodec.mergesToGraphs())
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND)
                .setIndexDeletionPolicy(commits)
                .setCommitOnClose(false)
                .setRAMBufferSizeMB(WholeIndex.BUFFER_MEGABYTES);
        try {
            Directory directory = FSDirectory.open(place);
            try {
                boolean exists = DirectoryReader.indexExists(directory);
                IndexWriter writer = new IndexWriter(directory, config);
                try {
                    Map<String, String> memory = new HashMap<>();
                    writer.getLiveCommitData().forEach(entry -> memory.put(entry.getKey(), entry.getValue()));
                    IndexDescription before = beginning.of(exists, memory, writer.getDocStats().numDocs);
                    words.speak(before.language());
                    return new TextIndexWriter(place, directory, writer, commits, codec, before, mostExact);
                } catch (RuntimeException e) {
                    writer.rollback();
                    throw e;
                }
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (LockObtainFailedException e) {
            throw IndexFolder.anotherWriter(place, e);
        } catch (IOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /**
     * Embeds documents and adds them; one whose id the index holds replaces that one. Memory does not grow with the texts.
     *
     * @param documents ids each once; the caller closes the stream
     * @param embedder the model that filled the index
     * @return how many
     * @throws ChiaroException if the embedder is another model, an id comes twice or is empty or too long, or the folder
     *     cannot be written
     */
    public int add(Stream<Document> documents, Embedder embedder) {
        return add(documents, embedder, Optional.empty());
    }

    /**
     * The same with sparse vectors, which an index has of each document or of none.
     *
     * @param sparse the model that weighed the tokens of those that are there
     */
    public int add(Stream<Document> documents, Embedder embedder, Optional<SparseEmbedder> sparse) {
        refuseOther(embedder.description());
        before.refuseUnlikeSparse(place.toString(), sparse.isPresent());
        sparse.map(SparseEmbedder::description).ifPresent(this::refuseOtherSparse);
        IdSet ids = new IdSet();
        int count = 0;
        List<Document> window = new ArrayList<>();
        for (Iterator<Document> all = documents.iterator(); all.hasNext(); ) {
            Document document = all.next();
            ids.addNew(document.id());
            window.add(document);
            if (window.size() == WINDOW || !all.hasNext()) {
                float[][] vectors =
                        embedder.embed(window.stream().map(Document::content).toList(), TextRole.DOCUMENT);
                putWeighed(window, vectors, sparse);
                count += window.size();
                window.clear();
            }
        }
        return count;
    }

    private void putWeighed(List<Document> documents, float[][] vectors, Optional<SparseEmbedder> sparse) {
        checkVectors(documents, vectors);
        try {
            TokenWeighing.each(
                    documents,
                    sparse,
                    (at, weights) -> put(documents.get(at), vectors[at], checked(documents, at, weights)));
        } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    void refuseOther(ModelDescription model) {
        before.refuseOther(place.toString(), "documents", model);
    }

    void refuseOtherSparse(ModelDescription sparse) {
        before.refuseOtherSparse(place.toString(), "weights", sparse);
    }

    /**
     * Adds documents whose vectors are known.
     *
     * @param documents ids each once
     * @param vectors one for each, made by the model that filled the index
     * @throws ChiaroException if an id comes twice or is empty or too long, or the folder cannot be written
     */
    public void add(List<Document> documents, float[][] vectors) {
        add(documents, vectors, Optional.empty());
    }

    /**
     * The same with sparse vectors, which an index has of each document or of none.
     *
     * @param weights one for each document, made by the sparse model of the index
     */
    public void add(List<Document> documents, float[][] vectors, Optional<List<SparseVector>> weights) {
        IdSet ids = new IdSet();
        documents.forEach(document -> ids.addNew(document.id()));
        before.refuseUnlikeSparse(place.toString(), weights.isPresent());
        checkVectors(documents, vectors);
        List<Optional<SparseVector>> checked = new ArrayList<>(documents.size());
        for (int i = 0; i < documents.size(); i++) {
            int at = i;
            checked.add(checked(documents, i, weights.map(known -> known.get(at))));
        }
        try {
            for (int i = 0; i < documents.size(); i++) {
                put(documents.get(i), vectors[i], checked.get(i));
            }
        } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    private void checkVectors(List<Document> documents, float[][] vectors) {
        for (int i = 0; i < documents.size(); i++) {
            UnitVectors.check(
                    before.modelName(), before.dimension(), documents.get(i).id(), vectors[i]);
        }
        MetadataFields.refuseTooManyNames(writer, documents);
    }

    private Optional<SparseVector> checked(List<Document> documents, int at, Optional<SparseVector> weights) {
        weights.ifPresent(known -> before.sparse(place.toString())
                .check("document " + documents.get(at).id(), known));
        return weights;
    }

    private void put(Document document, float[] vector, Optional<SparseVector> weights) throws IOException {
        writer.updateDocument(
                new Term(Words.ID, document.id()),
                IndexedDocument.of(document, vector, before.quantisation(), weights));
    }

    /** Deletes the documents with these ids; ids that the index does not hold change nothing. */
    public void delete(Collection<String> ids) {
        try {
            writer.deleteDocuments(
                    ids.stream().map(id -> new Term(Words.ID, id)).toArray(Term[]::new));
        } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /**
     * Deletes the documents that meet a filter, those that were added and are not committed among them.
     *
     * @return how many met it when this began; others that are added meanwhile are deleted and not counted
     * @throws ChiaroException of kind data if the filter names metadata that no document has
     */
    public int delete(Filter filter) {
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            if (reader.numDocs() == 0) {
                return 0;
            }
            Query query = FilterQuery.toDelete(reader, filter);
            int there = new IndexSearcher(reader).count(query);
            writer.deleteDocuments(query);
            return there;
        } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /**
     * Makes what was added and deleted durable and visible to those who open the index from now on.
     *
     * @return what the index holds now
     * @throws ChiaroException if the folder cannot be written
     */
    public synchronized IndexDescription commit() {
        try {
            // Writes what waits in memory and applies deletions, so that the documents can be counted.
            writer.flush();
            if (codec.lacksGraphs(writer.getDocStats().numDocs, mostExact)) {
                codec.writeGraphs();
            }
            // An earlier commit may have been broken off before all segments had their graphs.
            if (codec.writesGraphs() && !allHaveGraphs) {
                // A merge that was under way may leave one more segment without a graph.
                while (hasFlatSegments()) {
                    writer.forceMerge(1);
                }
                allHaveGraphs = true;
            }
            IndexDescription now = before.with(writer.getDocStats().numDocs, codec.engine());
            writer.setLiveCommitData(IndexMemory.of(now).entrySet());
            writer.commit();
            return now;
        } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    private boolean hasFlatSegments() throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            for (LeafReaderContext leaf : reader.leaves()) {
                SegmentReader segment = (SegmentReader) FilterLeafReader.unwrap(leaf.reader());
                if (FlatVectors.in(segment.getSegmentInfo())) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Copies the index as the last commit left it, for a backup or another machine, while others go on to write here. The
     * copy is no index until it is whole and on the disk.
     *
     * @param copy missing or empty
     * @throws ChiaroException if it holds something, nothing was committed yet, or it cannot be written
     */
    public void copy(Path copy) {
        Path target = copy.toAbsolutePath();
        refuseFilled(target);
        try (Directory into = FSDirectory.open(target)) {
            IndexCommit commit = commits.snapshot();
            try {
                String list = commit.getSegmentsFileName();
                List<String> files = new ArrayList<>(commit.getFileNames());
                files.remove(list);
                for (String file : files) {
                    into.copyFrom(directory, file, file, IOContext.DEFAULT);
                }
                into.sync(files);
                into.copyFrom(directory, list, list, IOContext.DEFAULT);
                into.sync(List.of(list));
                into.syncMetaData();
            } finally {
                commits.release(commit);
            }
        } catch (IOException | AlreadyClosedException e) {
            throw IndexFolder.unwritable(target, e);
        }
    }

    private void refuseFilled(Path target) {
        try {
            if (!DirectoryReader.indexExists(directory)) {
                throw ChiaroException.usage(place + ": expected a commit to copy, but found none yet. Commit before.");
            }
            if (Files.exists(target)) {
                try (Stream<Path> files = Files.list(target)) {
                    if (files.findAny().isPresent()) {
                        throw ChiaroException.usage(target
                                + ": expected a new or an empty folder for the copy, but found files. Choose another.");
                    }
                }
            }
        } catch (IOException e) {
            throw IndexFolder.unwritable(target, e);
        }
    }

    /**
     * Gives up what was not committed, merges that are under way among it, and lets others write. Of changes that come at the
     * same time from other threads, only those are durable that a commit has taken in.
     */
    @Override
    public void close() {
        try (directory) {
            writer.close();
        } catch (IOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }
}
