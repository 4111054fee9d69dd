package io.chiaro.pgvector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.DenseRanker;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.Metadata;
import io.chiaro.model.MetadataValue;
import io.chiaro.model.Prompts;
import io.chiaro.model.Ranker;
import io.chiaro.model.TextRole;
import io.chiaro.testkit.BookExample;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Against a PostgreSQL server that runs for these tests. */
class VectorTableTest {

    private static final WordEmbedder MODEL = WordEmbedder.of(24);
    private static final List<Document> TEA = List.of(
            new Document(
                    "tides",
                    "Tides",
                    "Ebb and flow follow the moon.",
                    new Metadata(Map.of(
                            "shelf",
                            new MetadataValue.Text("the \"sea\"\\"),
                            "tons",
                            new MetadataValue.Figure(1.3e21),
                            "salt",
                            new MetadataValue.Truth(true),
                            "topics",
                            new MetadataValue.Texts(List.of("moon", "ебб"))))),
            new Document("tea", "", "Green tea is steeped at eighty degrees."),
            new Document("ti'd\"es\\\t😀", "", "The moon causes the tides.\nNot the tea."));

    private static final AtomicInteger TABLES = new AtomicInteger();

    private static TemporaryPostgres server;
    private static DataSource source;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> programs = TemporaryPostgres.programs();
        String reason =
                "skipped: no PostgreSQL with pgvector; install it, or name its programs by -Dchiaro.postgres=FOLDER";
        if (programs.isEmpty()) {
            System.out.println("VectorTableTest: " + reason);
        }
        Assumptions.assumeTrue(programs.isPresent(), reason);
        server = TemporaryPostgres.start(programs.orElseThrow());
        source = server.source();
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private static String fresh() {
        return "documents_" + TABLES.incrementAndGet();
    }

    private static VectorTable filled(String table, List<Document> documents) {
        VectorTable created = VectorTable.create(source, table, MODEL.description());
        created.add(documents.stream(), MODEL);
        return created;
    }

    /** Texts of eight words out of 40, so that many share some. */
    private static List<Document> collection(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Document("d" + i, "", words(RandomStream.of(5, "document", i), 8)))
                .toList();
    }

    private static String words(RandomStream random, int count) {
        return String.join(
                " ",
                IntStream.range(0, count)
                        .mapToObj(i -> "w" + random.nextInt(40))
                        .toList());
    }

    @SuppressWarnings("SqlSourceToSinkFlow") // a test's own statements
    private static List<String> rows(String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            List<String> rows = new ArrayList<>();
            boolean answers = statement.execute(query);
            if (answers) {
                try (ResultSet results = statement.getResultSet()) {
                    while (results.next()) {
                        rows.add(results.getString(1));
                    }
                }
            }
            return rows;
        }
    }

    @Test
    void a_search_finds_what_exact_search_in_memory_finds_with_the_same_cosines() {
        List<Document> documents = collection(700);
        VectorTable table = filled(fresh(), documents);

        try (DenseRanker exact = DenseRanker.create(MODEL, documents.stream(), 1);
                Ranker ranker = table.ranker(MODEL)) {
            for (int q = 0; q < 20; q++) {
                String query = words(RandomStream.of(5, "query", q), 3);
                List<Hit> expected = exact.rank(query, 10);
                List<Hit> found = ranker.rank(query, 10);

                assertThat(found)
                        .extracting(Hit::id)
                        .isEqualTo(expected.stream().map(Hit::id).toList());
                for (int i = 0; i < 10; i++) {
                    assertThat(found.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-6f));
                }
            }
            assertThat(ranker.description()).contains("words in PostgreSQL, table documents_");
        }
        assertThat(table.count()).isEqualTo(700);
    }

    @Test
    void hits_bear_what_was_put_in_whatever_characters_it_has() {
        List<TableHit> hits = filled(fresh(), TEA).search("tea", MODEL, 10);

        assertThat(hits)
                .extracting(hit -> new Document(hit.id(), hit.title(), hit.text(), hit.metadata()))
                .containsExactlyInAnyOrderElementsOf(TEA);
    }

    @Test
    void the_table_remembers_its_model_and_opens_for_it() {
        String name = fresh();
        filled(name, TEA);

        VectorTable opened = VectorTable.open(source, name);

        assertThat(opened.description())
                .isEqualTo(new TableDescription("words", "0123456789abcdef", 24, 512, MODEL.prompts()));
        assertThat(VectorTable.create(source, name, MODEL.description()).count())
                .isEqualTo(3);
        assertThat(opened.search("the moon", MODEL, 1))
                .isEqualTo(VectorTable.create(source, name, MODEL.description()).search("the moon", MODEL, 1));
    }

    @Test
    void what_the_table_remembers_goes_with_it_when_it_is_renamed() throws SQLException {
        String name = fresh();
        filled(name, TEA);
        rows("ALTER TABLE " + name + " RENAME TO renamed");

        assertThat(VectorTable.open(source, "public.renamed").description().modelHash())
                .isEqualTo(MODEL.hash());
    }

    @Test
    void vectors_of_another_model_are_refused() {
        String name = fresh();
        VectorTable table = filled(name, TEA);
        WordEmbedder otherWeights = new WordEmbedder("fedcba9876543210", 24, MODEL.prompts());
        WordEmbedder otherDimension = new WordEmbedder(MODEL.hash(), 12, MODEL.prompts());

        for (WordEmbedder other : List.of(otherWeights, otherDimension)) {
            assertThatExceptionOfType(ChiaroException.class)
                    .isThrownBy(() -> table.add(Stream.of(new Document("new", "", "text")), other))
                    .withMessageStartingWith(
                            "table " + name + ": expected vectors of the model words (hash 0123456789ab");
            assertThatExceptionOfType(ChiaroException.class).isThrownBy(() -> table.search("tea", other, 1));
            assertThatExceptionOfType(ChiaroException.class).isThrownBy(() -> table.ranker(other));
            assertThatExceptionOfType(ChiaroException.class)
                    .isThrownBy(() -> VectorTable.create(source, name, other.description()));
        }
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.search(new float[12], 1))
                .withMessageContaining("expected a vector of 24 numbers, but found 12");
        assertThat(table.count()).isEqualTo(3);
    }

    @Test
    void the_same_model_with_other_prompts_is_refused() {
        VectorTable table = filled(fresh(), TEA);

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.search("tea", new WordEmbedder(MODEL.hash(), 24, Prompts.NONE), 1))
                .withMessageContaining("expected the prompts that fill the table");
    }

    @Test
    void a_document_with_an_id_that_is_there_replaces_the_one_that_was() {
        VectorTable table = filled(fresh(), TEA);

        table.add(Stream.of(new Document("tea", "Coffee", "Beans are roasted.")), MODEL);

        assertThat(table.count()).isEqualTo(3);
        TableHit best = table.search("Coffee Beans are roasted", MODEL, 1).get(0);
        assertThat(best).isEqualTo(new TableHit("tea", best.score(), "Coffee", "Beans are roasted.", Metadata.NONE));
    }

    @Test
    void deleted_documents_are_not_found() {
        VectorTable table = filled(fresh(), TEA);

        assertThat(table.delete(List.of("tea", "nothing", "ti'd\"es\\\t😀"))).isEqualTo(2);

        assertThat(table.search("tea", MODEL, 10)).extracting(TableHit::id).containsExactly("tides");
    }

    @Test
    void after_an_error_the_table_holds_what_it_held() {
        VectorTable table = filled(fresh(), TEA);
        Stream<Document> breaks = Stream.concat(collection(600).stream(), Stream.generate(() -> {
            throw ChiaroException.data("line 601 is broken");
        }));

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.add(breaks, MODEL))
                .withMessage("line 601 is broken");

        assertThat(table.count()).isEqualTo(3);
    }

    @Test
    void a_document_that_comes_twice_in_one_stream_is_refused() {
        VectorTable table = filled(fresh(), List.of());

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.add(
                        Stream.concat(collection(600).stream(), Stream.of(new Document("d3", "", "again"))), MODEL))
                .withMessageContaining("expected every id once, but found d3 again");
        assertThat(table.count()).isZero();
    }

    @Test
    void what_cannot_be_stored_is_refused_by_name() {
        VectorTable table = filled(fresh(), List.of());
        Document plain = new Document("plain", "", "text");
        float[] endless = new float[24];
        endless[3] = Float.POSITIVE_INFINITY;

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.add(Stream.of(new Document("null", "", "a\0b")), MODEL))
                .withMessageContaining("document null: expected no character U+0000");
        Metadata broken = new Metadata(Map.of("shelf", new MetadataValue.Text("a\0b")));
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.add(Stream.of(new Document("broken", "", "text", broken)), MODEL))
                .withMessageContaining("document broken: expected no character U+0000");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.add(List.of(plain), new float[][] {endless}))
                .withMessageContaining("document plain: expected finite numbers");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.add(List.of(plain), new float[][] {new float[24]}))
                .withMessageContaining("expected a vector with a direction");
        assertThatIllegalArgumentException().isThrownBy(() -> table.add(List.of(plain), new float[0][]));
        assertThatIllegalArgumentException().isThrownBy(() -> table.search(new float[24], 0));
        assertThat(table.count()).isZero();
    }

    @Test
    void vectors_that_are_known_are_stored_to_the_bit() throws SQLException {
        String name = fresh();
        VectorTable table = VectorTable.create(source, name, WordEmbedder.of(3).description());
        float[] vector = {0.1f, -Float.MIN_VALUE, 1.17549435E-38f * 3.3333333f};
        table.add(List.of(new Document("d", "", "text")), new float[][] {vector});

        String stored = rows("SELECT embedding::text FROM " + name).get(0);
        String[] numbers = stored.substring(1, stored.length() - 1).split(",", -1);
        for (int i = 0; i < 3; i++) {
            assertThat(Float.parseFloat(numbers[i])).isEqualTo(vector[i]);
        }
    }

    @Test
    void a_graph_finds_nearly_all_of_the_nearest() throws SQLException {
        List<Document> documents = collection(3000);
        String name = fresh();
        VectorTable table = filled(name, documents);
        table.createGraph(new HnswSettings(8, 40));
        rows("ANALYZE " + name);

        assertThat(rows("SELECT indexdef FROM pg_indexes WHERE indexname = '" + name + "_embedding_hnsw'"))
                .singleElement()
                .asString()
                .contains("USING hnsw (embedding vector_cosine_ops) WITH (m='8', ef_construction='40')");
        assertThat(String.join(
                        " ",
                        rows("EXPLAIN SELECT id FROM " + name + " ORDER BY embedding <=> '"
                                + Vectors.literal("query", MODEL.embed(List.of("w1"), TextRole.QUERY)[0], 24)
                                + "' LIMIT 10")))
                .contains("Index Scan using " + name + "_embedding_hnsw");
        int found = 0;
        try (DenseRanker exact = DenseRanker.create(MODEL, documents.stream(), 1)) {
            for (int q = 0; q < 20; q++) {
                String query = words(RandomStream.of(5, "query", q), 3);
                Set<String> nearest = new HashSet<>(
                        exact.rank(query, 10).stream().map(Hit::id).toList());
                found += (int) table.search(query, MODEL, 10).stream()
                        .filter(hit -> nearest.contains(hit.id()))
                        .count();
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(180);
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> table.createGraph(HnswSettings.defaults()))
                .withMessageContaining("already exists");
    }

    @Test
    void more_hits_than_a_graph_can_look_for_are_found_by_comparing_every_vector() throws SQLException {
        String name = fresh();
        VectorTable table = filled(name, collection(1500));
        table.createGraph(HnswSettings.defaults());
        rows("ANALYZE " + name);

        assertThat(table.search("w1 w2", MODEL, 1400)).hasSize(1400).doesNotHaveDuplicates();
    }

    @Test
    void those_who_make_the_same_table_at_once_all_get_it() {
        String name = fresh();
        List<CompletableFuture<VectorTable>> makers = IntStream.range(0, 4)
                .mapToObj(
                        i -> CompletableFuture.supplyAsync(() -> VectorTable.create(source, name, MODEL.description())))
                .toList();

        assertThat(makers).allSatisfy(maker -> assertThat(maker.join().count()).isZero());
    }

    @Test
    void a_table_of_somebody_else_is_left_alone() throws SQLException {
        rows("CREATE TABLE theirs (id text)");
        rows("CREATE TABLE commented (id text)");
        rows("COMMENT ON TABLE commented IS 'orders'");

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> VectorTable.create(source, "theirs", MODEL.description()))
                .withMessage("table theirs: expected a table that Chiaro made, with its model in the comment, but found"
                        + " none. Choose another name.");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> VectorTable.open(source, "commented"))
                .withMessageContaining("but found another comment");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> VectorTable.open(source, "nothing"))
                .withMessageContaining("expected a table, but found none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "a.b.c", "x; DROP TABLE theirs", "a\"b", "1a"})
    void a_name_that_would_want_quoting_is_refused(String name) {
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> VectorTable.create(source, name, MODEL.description()))
                .withMessageContaining("expected a name of small letters");
    }

    @Test
    void a_database_that_does_not_answer_is_an_error_with_its_words() {
        PGSimpleDataSource nobody = new PGSimpleDataSource();
        nobody.setServerNames(new String[] {"127.0.0.1"});
        nobody.setPortNumbers(new int[] {1});

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> VectorTable.open(nobody, "documents"))
                .withMessageStartingWith(
                        "table documents: expected to read the table's comment, but PostgreSQL says: ");
    }

    @Test
    void too_many_dimensions_are_refused_before_the_database_is_asked() {
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> VectorTable.create(
                        source, fresh(), WordEmbedder.of(16_001).description()))
                .withMessageContaining("expected at most 16000 dimensions");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> VectorTable.create(
                                source, fresh(), WordEmbedder.of(2_001).description())
                        .createGraph(HnswSettings.defaults()))
                .withMessageContaining("expected at most 2000 dimensions for a graph");
        assertThatIllegalArgumentException().isThrownBy(() -> new HnswSettings(16, 31));
    }

    @Test
    void the_book_shows_how() throws IOException {
        List<TableHit> hits = example(source, MODEL, TEA.stream());

        assertThat(hits.get(0).id()).isEqualTo("ti'd\"es\\\t😀");
        BookExample.isShown(
                Path.of("../../docs/integrations.md"),
                Path.of("src/test/java/io/chiaro/pgvector/VectorTableTest.java"),
                "pgvector");
    }

    private static List<TableHit> example(DataSource database, Embedder model, Stream<Document> documents) {
        // [pgvector
        VectorTable table = VectorTable.create(database, "papers", model.description());
        table.add(documents, model);
        table.createGraph(HnswSettings.defaults());

        List<TableHit> hits = table.search("what causes the tides", model, 10);
        // pgvector]
        return hits;
    }
}
