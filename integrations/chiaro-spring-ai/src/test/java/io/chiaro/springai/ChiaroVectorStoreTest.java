package io.chiaro.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.ShortenedEmbedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.testkit.BookExample;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.document.Document;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.filter.FilterExpressionBuilder;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;

class ChiaroVectorStoreTest {

    private static final List<Document> DOCUMENTS = List.of(
            new Document("sea", "Ebb and flow follow the moon.", Map.of("shelf", "sea", "year", 1999, "lent", false)),
            new Document(
                    "tea",
                    "Green tea is steeped at eighty degrees.",
                    Map.of("shelf", "kitchen", "year", 2020L, "share", 0.1f, "topics", List.of("tea", "heat"))),
            new Document("ledger", "A ledger with the mark BX-7731.", Map.of("share", 0.25, "lent", true)));

    @TempDir
    Path folder;

    private static OnnxEmbedder bge;
    private static ChiaroEmbeddingModel model;

    @BeforeAll
    static void open() {
        bge = OnnxEmbedder.open("bge-small-en-v1.5", OnnxSettings.defaults());
        model = ChiaroEmbeddingModel.of(bge);
    }

    @AfterAll
    static void close() {
        bge.close();
    }

    private ChiaroVectorStore filled() {
        ChiaroVectorStore store =
                ChiaroVectorStore.builder(folder.resolve("store"), model).build();
        store.add(DOCUMENTS);
        return store;
    }

    private static SearchRequest.Builder asking(String query) {
        return SearchRequest.builder().query(query).topK(10);
    }

    private static List<String> ids(ChiaroVectorStore store, SearchRequest.Builder request) {
        return store.similaritySearch(request.build()).stream()
                .map(Document::getId)
                .toList();
    }

    @Test
    void documents_come_best_first_with_their_cosines_and_what_was_known_of_them() {
        try (ChiaroVectorStore store = filled()) {
            List<Document> found =
                    store.similaritySearch(asking("what causes the tides").build());

            assertThat(found).hasSize(3);
            assertThat(found.get(0).getText()).isEqualTo("Ebb and flow follow the moon.");
            assertThat(found.get(0).getMetadata())
                    .containsOnly(Map.entry("shelf", "sea"), Map.entry("year", 1999L), Map.entry("lent", false));
            double cosine = TextVectors.dot(
                    bge.embed(List.of("what causes the tides"), TextRole.QUERY)[0],
                    bge.embed(List.of("Ebb and flow follow the moon."), TextRole.DOCUMENT)[0]);
            assertThat(found.get(0).getScore()).isCloseTo(cosine, within(1e-6));
            assertThat(found.get(1).getScore()).isLessThan(cosine);
            assertThat(ids(store, asking("steeping").topK(1))).containsExactly("tea");
            assertThat(store.similaritySearch(asking("steeping").topK(1).build())
                            .get(0)
                            .getMetadata())
                    .containsEntry("topics", List.of("tea", "heat"));
        }
    }

    @Test
    void a_threshold_and_a_greatest_number_are_obeyed() {
        try (ChiaroVectorStore store = filled()) {
            double best = store.similaritySearch(asking("what causes the tides").build())
                    .get(0)
                    .getScore();

            assertThat(ids(store, asking("what causes the tides").similarityThreshold(best)))
                    .containsExactly("sea");
            assertThat(ids(store, asking("what causes the tides").topK(2))).hasSize(2);
            assertThat(ids(store, asking("what causes the tides").topK(0))).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
                    shelf == 'sea' ; sea
                    shelf != 'sea' ; ledger tea
                    shelf in ['sea', 'kitchen'] ; sea tea
                    shelf nin ['sea'] ; ledger tea
                    year == 2020 ; tea
                    year > 1999 ; tea
                    year >= 1999 ; sea tea
                    year < 2020 ; sea
                    year <= 1998.5 ;
                    share >= 0.1 ; ledger tea
                    share > 0.1 ; ledger
                    lent == true ; ledger
                    topics == 'heat' ; tea
                    not (shelf == 'sea') ; ledger tea
                    (year > 1990 && shelf == 'sea') || share > 0.2 ; ledger sea
                    """)
    void filters_are_held_inside_the_search_and_by_deletions(String filter, String expected) {
        String wanted = expected == null ? "" : expected;
        try (ChiaroVectorStore store = filled()) {
            List<String> found = new ArrayList<>(ids(store, asking("anything").filterExpression(filter)));
            found.sort(null);
            assertThat(String.join(" ", found)).isEqualTo(wanted);

            store.delete(filter);

            assertThat(ids(store, asking("anything"))).hasSize(3 - found.size()).noneMatch(found::contains);
        }
    }

    @Test
    void what_the_index_cannot_hold_is_refused() {
        try (ChiaroVectorStore store = filled()) {
            assertThatExceptionOfType(ChiaroException.class)
                    .isThrownBy(() -> ids(store, asking("x").filterExpression("shelf > 'kitchen'")))
                    .withMessageContaining("expected a number, since texts have no order here, but found kitchen");
            assertThatExceptionOfType(ChiaroException.class)
                    .isThrownBy(() -> ids(
                            store,
                            asking("x")
                                    .filterExpression(new FilterExpressionBuilder()
                                            .isNull("shelf")
                                            .build())))
                    .withMessageContaining("ISNULL");
            assertThat(ids(store, asking("x").filterExpression("tenant == 'new'")))
                    .as("a name that no document has yet")
                    .isEmpty();
            assertThatExceptionOfType(ChiaroException.class)
                    .isThrownBy(() -> store.add(List.of(new Document(
                            "dated", "text", Map.of("when", Map.of("day", LocalDate.MIN.getDayOfYear()))))))
                    .withMessageContaining("document dated")
                    .withMessageContaining("Metadata are flat");
            assertThat(ids(store, asking("anything"))).hasSize(3);
        }
    }

    @Test
    void documents_are_replaced_deleted_and_there_again_after_the_store_is_opened_anew() {
        try (ChiaroVectorStore store = filled()) {
            store.add(List.of(new Document("tea", "Coffee is roasted.", Map.of())));
            store.delete(List.of("sea", "nothing"));
        }
        try (ChiaroVectorStore store =
                ChiaroVectorStore.builder(folder.resolve("store"), model).build()) {
            assertThat(store.similaritySearch(asking("roasted coffee").build()))
                    .extracting(Document::getText)
                    .containsExactly("Coffee is roasted.", "A ledger with the mark BX-7731.");
        }
        ChiaroVectorStore.Builder other = ChiaroVectorStore.builder(
                folder.resolve("store"), ChiaroEmbeddingModel.of(ShortenedEmbedder.first(bge, 16)));
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(other::build)
                .withMessageContaining("expected documents of the model bge-small-en-v1.5");
    }

    @Test
    void an_empty_store_finds_and_deletes_nothing_whatever_the_filter() {
        try (ChiaroVectorStore store =
                ChiaroVectorStore.builder(folder.resolve("store"), model).build()) {
            store.delete("shelf == 'sea'");

            assertThat(ids(store, asking("anything").filterExpression("shelf == 'sea'")))
                    .isEmpty();
        }
    }

    @Test
    void searches_are_observed_as_those_of_springs_own_stores() {
        List<VectorStoreObservationContext> seen = new ArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<VectorStoreObservationContext>() {
            @Override
            public void onStop(VectorStoreObservationContext context) {
                seen.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof VectorStoreObservationContext;
            }
        });
        try (ChiaroVectorStore store = ChiaroVectorStore.builder(folder.resolve("store"), model)
                .observationRegistry(registry)
                .build()) {
            store.add(DOCUMENTS);
            store.similaritySearch(asking("tea").build());
        }

        assertThat(seen)
                .extracting(VectorStoreObservationContext::getOperationName)
                .containsExactly("add", "query");
        assertThat(seen.get(1).getDimensions()).isEqualTo(384);
        assertThat(seen.get(1).getQueryResponse()).hasSize(3);
    }

    @Test
    void the_book_shows_how() throws IOException {
        assertThat(example(folder.resolve("index"), bge))
                .extracting(Document::getText)
                .containsExactly("Ebb and flow follow the moon.");
        BookExample.isShown(
                Path.of("../../docs/integrations.md"),
                Path.of("src/test/java/io/chiaro/springai/ChiaroVectorStoreTest.java"),
                "spring-ai");
    }

    private static List<Document> example(Path folder, Embedder model) {
        // [spring-ai
        ChiaroEmbeddingModel embedding = ChiaroEmbeddingModel.of(model);
        try (ChiaroVectorStore store =
                ChiaroVectorStore.builder(folder, embedding).build()) {
            store.add(List.of(
                    new Document("Ebb and flow follow the moon.", Map.of("shelf", "sea")),
                    new Document("Green tea is steeped at eighty degrees.", Map.of("shelf", "kitchen"))));
            return store.similaritySearch(SearchRequest.builder()
                    .query("what causes the tides")
                    .filterExpression("shelf in ['sea', 'land']")
                    .build());
        }
        // spring-ai]
    }
}
