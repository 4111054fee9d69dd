package io.chiaro.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.DenseRanker;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.testkit.BookExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFieldTest {

    private static final WordEmbedder MODEL = WordEmbedder.of(24);
    private static final EmbeddingField FIELD = EmbeddingField.of("embedding", MODEL);

    private static String words(RandomStream random, int count) {
        return String.join(
                " ",
                IntStream.range(0, count)
                        .mapToObj(i -> "w" + random.nextInt(40))
                        .toList());
    }

    private static List<io.chiaro.model.Document> collection(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new io.chiaro.model.Document("d" + i, "", words(RandomStream.of(5, "document", i), 8)))
                .toList();
    }

    private static Document document(String id, KnnFloatVectorField vector) {
        Document document = new Document();
        document.add(new StringField("id", id, Field.Store.YES));
        document.add(new StringField("parity", id.matches(".*[02468]") ? "even" : "odd", Field.Store.NO));
        document.add(vector);
        return document;
    }

    private static void write(Directory directory, EmbeddingField field, String... ids) throws IOException {
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            for (String id : ids) {
                writer.addDocument(document(id, field.field(id)));
            }
        }
    }

    private static List<Hit> search(IndexSearcher searcher, Query query, int k) throws IOException {
        List<Hit> hits = new ArrayList<>();
        for (ScoreDoc found : searcher.search(query, k).scoreDocs) {
            String id = searcher.storedFields().document(found.doc).get("id");
            hits.add(new Hit(id, EmbeddingField.cosine(found.score)));
        }
        return hits;
    }

    @Test
    void a_query_finds_what_exact_search_finds_with_the_same_cosines_also_among_those_that_a_filter_leaves()
            throws IOException {
        List<io.chiaro.model.Document> documents = collection(300);
        try (Directory directory = new ByteBuffersDirectory()) {
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
                List<KnnFloatVectorField> vectors = FIELD.fields(documents.stream()
                        .map(io.chiaro.model.Document::content)
                        .toList());
                for (int i = 0; i < vectors.size(); i++) {
                    writer.addDocument(document(documents.get(i).id(), vectors.get(i)));
                }
            }
            try (DirectoryReader reader = DirectoryReader.open(directory);
                    DenseRanker exact = DenseRanker.create(MODEL, documents.stream(), 1)) {
                FIELD.check(reader);
                IndexSearcher searcher = new IndexSearcher(reader);
                Query even = new TermQuery(new Term("parity", "even"));
                for (int q = 0; q < 10; q++) {
                    String text = words(RandomStream.of(5, "query", q), 3);
                    List<Hit> all = exact.rank(text, 300);
                    // As many candidates as documents, so that the graph cannot miss one.
                    same(search(searcher, FIELD.query(text, 300), 10), all.subList(0, 10));
                    same(
                            search(searcher, FIELD.query(text, 300, even), 10),
                            all.stream()
                                    .filter(hit -> hit.id().matches(".*[02468]"))
                                    .limit(10)
                                    .toList());
                }
            }
        }
    }

    private static void same(List<Hit> found, List<Hit> expected) {
        assertThat(found)
                .extracting(Hit::id)
                .isEqualTo(expected.stream().map(Hit::id).toList());
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-6f));
        }
    }

    @Test
    void documents_and_queries_get_their_prompts() {
        float[] told = FIELD.field("tea").vectorValue();
        float[] expected =
                FIELD.field(MODEL.embed(List.of("tea"), TextRole.DOCUMENT)[0]).vectorValue();

        assertThat(told).isEqualTo(expected);
        assertThat(FIELD.query("tea", 3))
                .isEqualTo(FIELD.query(MODEL.embed(List.of("tea"), TextRole.QUERY)[0], 3, null))
                .isNotEqualTo(FIELD.query(MODEL.embed(List.of("tea"), TextRole.TEXT)[0], 3, null));
    }

    @Test
    void a_vector_that_is_not_of_the_model_is_refused() {
        float[] broken = new float[24];
        broken[7] = Float.NaN;

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> FIELD.field(new float[25]))
                .withMessage(
                        "field embedding: expected a vector of 24 numbers, but found 25. Embed it with the model of"
                                + " the field.");
        assertThatExceptionOfType(ChiaroException.class).isThrownBy(() -> FIELD.query(new float[23], 1, null));
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> FIELD.field(broken))
                .withMessageContaining("finite numbers");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> FIELD.field(new float[24]))
                .withMessageContaining("found zeros");
    }

    @Test
    void an_index_remembers_the_model_through_merges(@TempDir Path folder) throws IOException {
        try (Directory directory = FSDirectory.open(folder)) {
            IndexWriterConfig inPieces = new IndexWriterConfig().setMergePolicy(NoMergePolicy.INSTANCE);
            try (IndexWriter writer = new IndexWriter(directory, inPieces)) {
                for (String id : List.of("a", "b", "c")) {
                    writer.addDocument(document(id, FIELD.field(id)));
                    writer.commit();
                }
            }
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
                writer.forceMerge(1);
            }
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                assertThat(reader.leaves()).hasSize(1);
                FIELD.check(reader);
                refused(
                        reader,
                        new WordEmbedder("fedcba9876543210", 24, MODEL.prompts()),
                        "filled by words, has \"0123");
                refused(reader, new WordEmbedder(MODEL.hash(), 24, Prompts.NONE), "chiaro-prompt-document");
                refused(reader, WordEmbedder.of(12), "expected vectors of 12 numbers");
                EmbeddingField.of("another", WordEmbedder.of(12)).check(reader);
            }
        }
    }

    private static void refused(DirectoryReader reader, Embedder other, String message) {
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> EmbeddingField.of("embedding", other).check(reader))
                .withMessageContaining(message);
    }

    @Test
    void a_field_of_which_nobody_knows_the_model_is_refused() throws IOException {
        try (Directory directory = new ByteBuffersDirectory()) {
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
                writer.addDocument(document(
                        "a",
                        new KnnFloatVectorField(
                                "embedding",
                                FIELD.field("a").vectorValue(),
                                org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT)));
            }
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                refused(reader, MODEL, "filled by nobody knows whom");
            }
        }
    }

    @Test
    void the_same_model_from_another_folder_is_the_same() throws IOException {
        try (Directory directory = new ByteBuffersDirectory()) {
            write(directory, FIELD, "a", "b");
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                EmbeddingField.of("embedding", new Renamed(MODEL)).check(reader);
            }
        }
    }

    /** A model under another name. */
    private record Renamed(WordEmbedder model) implements Embedder {
        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            return model.embed(texts, role);
        }

        @Override
        public io.chiaro.model.ModelDescription description() {
            io.chiaro.model.ModelDescription found = model.description();
            return new io.chiaro.model.ModelDescription(
                    "elsewhere",
                    found.hash(),
                    found.dimension(),
                    found.maxTokens(),
                    found.poolings(),
                    found.normalized(),
                    found.prompts());
        }

        @Override
        public void close() {}
    }

    @Test
    void the_book_shows_how() throws IOException {
        try (Directory directory = new ByteBuffersDirectory()) {
            TopDocs found = example(directory, MODEL);

            assertThat(found.scoreDocs).hasSize(1);
            assertThat(found.scoreDocs[0].doc).isZero();
        }
        BookExample.isShown(
                Path.of("../../docs/integrations.md"),
                Path.of("src/test/java/io/chiaro/lucene/EmbeddingFieldTest.java"),
                "lucene");
    }

    private static TopDocs example(Directory directory, Embedder model) throws IOException {
        // [lucene
        EmbeddingField field = EmbeddingField.of("embedding", model);
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            Document document = new Document();
            document.add(new StringField("shelf", "sea", Field.Store.NO));
            document.add(field.field("Ebb and flow follow the moon."));
            writer.addDocument(document);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            field.check(reader);
            Query shelf = new TermQuery(new Term("shelf", "sea"));
            return new IndexSearcher(reader).search(field.query("what causes the tides", 10, shelf), 10);
        }
        // lucene]
    }
}
