package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * BM25, the baseline that stands beside every retrieval figure: with term frequency f, document length l, mean length m,
 * N documents of which n hold the term,
 *
 * <pre>  score = sum over query words of ln(1 + (N - n + 0.5)/(n + 0.5)) * f / (f + k1 (1 - b + b l/m))</pre>
 *
 * with k1 0.9 and b 0.4, the setting of the public baselines on BEIR. Lengths are kept in one byte each, as Lucene keeps
 * them. Equal scores come in trec_eval's order.
 *
 * <p>Any number of threads may rank.
 */
public final class Bm25 implements Ranker {

    /** What tables call it. */
    public static final String NAME = "BM25";

    private static final double BUFFER_MEGABYTES = 64;

    private final Directory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final Language language;
    private final Analyzer analyzer;

    private Bm25(Directory directory, DirectoryReader reader, Language language, Analyzer analyzer) {
        this.directory = directory;
        this.reader = reader;
        this.language = language;
        this.analyzer = analyzer;
        this.searcher = new IndexSearcher(reader);
        this.searcher.setSimilarity(Words.similarity());
    }

    /** Indexes a collection in memory; the caller closes the stream. */
    public static Bm25 create(Stream<Document> documents) {
        return create(documents, Language.ENGLISH);
    }

    /** The same with words of another language. */
    public static Bm25 create(Stream<Document> documents, Language language) {
        return create(new ByteBuffersDirectory(), "memory", documents, language);
    }

    /**
     * Indexes a collection in a folder, for those that are larger than memory.
     *
     * @param folder empty or missing; it stays when this ranker is closed
     */
    public static Bm25 create(Path folder, Stream<Document> documents) {
        try {
            return create(FSDirectory.open(folder), folder.toAbsolutePath().toString(), documents, Language.ENGLISH);
        } catch (IOException e) {
            throw failed(folder.toAbsolutePath().toString(), e);
        }
    }

    private static Bm25 create(Directory directory, String where, Stream<Document> documents, Language language) {
        Analyzer analyzer = language.analyzer();
        IndexWriterConfig config = new IndexWriterConfig(analyzer)
                .setSimilarity(Words.similarity())
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setRAMBufferSizeMB(BUFFER_MEGABYTES);
        IdSet ids = new IdSet();
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (Iterator<Document> all = documents.iterator(); all.hasNext(); ) {
                Document document = all.next();
                ids.addNew(document.id());
                org.apache.lucene.document.Document fields = new org.apache.lucene.document.Document();
                fields.add(new StringField(Words.ID, document.id(), Field.Store.YES));
                fields.add(new TextField(Words.CONTENTS, document.content(), Field.Store.NO));
                writer.addDocument(fields);
            }
            writer.commit();
            return new Bm25(directory, DirectoryReader.open(directory), language, analyzer);
        } catch (IOException | UncheckedIOException e) {
            throw failed(where, e);
        }
    }

    private static ChiaroException failed(String where, Exception cause) {
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                "BM25 index in " + where + ": expected to write and read it, but found " + cause
                        + ". Free space or choose another folder.",
                cause);
    }

    @Override
    public List<Hit> rank(String query, int depth) {
        try {
            return Words.rank(searcher, analyzer, query, depth);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return rule(language);
    }

    /** One line that says exactly how words are compared, here and in every index. */
    public static String rule(Language language) {
        return Words.description(language);
    }

    @Override
    public void close() {
        try {
            reader.close();
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
