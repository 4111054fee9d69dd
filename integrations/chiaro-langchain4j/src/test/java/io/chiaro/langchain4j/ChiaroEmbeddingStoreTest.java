package io.chiaro.langchain4j;

import static dev.langchain4j.store.embedding.filter.Filter.not;
import static dev.langchain4j.store.embedding.filter.MetadataFilterBuilder.metadataKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingStoreIngestor;
import dev.langchain4j.store.embedding.filter.Filter;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.Fusion;
import io.chiaro.search.TextIndex;
import io.chiaro.testkit.BookExample;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChiaroEmbeddingStoreTest {

    private static final UUID ID = UUID.fromString("2b2f4f4a-0000-4000-8000-0123456789ab");

    private static final List<TextSegment> SEGMENTS = List.of(
            TextSegment.from("Ebb and flow follow the moon.", Metadata.from(Map.of("shelf", "sea", "year", 1999))),
            TextSegment.from(
                    "Green tea is steeped at eighty degrees.",
                    Metadata.from(Map.of("shelf", "kitchen", "year", 2020L, "share", 0.1f))),
            TextSegment.from(
                    "A ledger with the mark BX-7731.",
                    Metadata.from(Map.of("owner", ID, "long", Long.MAX_VALUE, "share", 0.25))));

    @TempDir
    Path folder;

    private static OnnxEmbedder bge;
    private static ModelDescription description;
    private static EmbeddingModel model;
    private static Embedding anything;

    @BeforeAll
    static void open() {
        bge = OnnxEmbedder.open("bge-small-en-v1.5", OnnxSettings.defaults());
        description = bge.description();
        model = ChiaroEmbeddingModel.of(bge).withRole(TextRole.DOCUMENT);
        anything = query("anything");
    }

    @AfterAll
    static void close() {
        bge.close();
    }

    private ChiaroEmbeddingStore filled() {
        ChiaroEmbeddingStore store = ChiaroEmbeddingStore.open(folder.resolve("store"), description);
        store.addAll(List.of("sea", "tea", "ledger"), model.embedAll(SEGMENTS).content(), SEGMENTS);
        return store;
    }

    private static Embedding query(String text) {
        return Embedding.from(bge.embed(List.of(text), TextRole.QUERY)[0]);
    }

    private static EmbeddingSearchRequest.EmbeddingSearchRequestBuilder asking(String text) {
        return EmbeddingSearchRequest.builder().queryEmbedding(query(text)).maxResults(10);
    }

    private static List<String> ids(ChiaroEmbeddingStore store, Filter filter) {
        return store
                .search(EmbeddingSearchRequest.builder()
                        .queryEmbedding(anything)
                        .maxResults(10)
                        .filter(filter)
                        .build())
                .matches()
                .stream()
                .map(EmbeddingMatch::embeddingId)
                .sorted()
                .toList();
    }

    @Test
    void matches_come_best_first_with_langchain4js_scores_and_the_segments_that_were_added() {
        try (ChiaroEmbeddingStore store = filled()) {
            List<EmbeddingMatch<TextSegment>> matches =
                    store.search(asking("what causes the tides").build()).matches();

            assertThat(matches).hasSize(3);
            assertThat(matches.get(0).embeddingId()).isEqualTo("sea");
            assertThat(matches.get(0).embedded().text()).isEqualTo("Ebb and flow follow the moon.");
            assertThat(matches.get(0).embedded().metadata().getString("shelf")).isEqualTo("sea");
            assertThat(matches.get(0).embedded().metadata().getInteger("year")).isEqualTo(1999);
            double cosine = TextVectors.dot(
                    query("what causes the tides").vector(),
                    model.embed(SEGMENTS.get(0)).content().vector());
            assertThat(matches.get(0).score()).isCloseTo((1 + cosine) / 2, within(1e-6));
            assertThat(matches.get(1).score()).isLessThan(matches.get(0).score());
        }
    }

    @Test
    void metadata_come_back_as_langchain4j_reads_them_whatever_their_type() {
        try (ChiaroEmbeddingStore store = filled()) {
            Metadata ledger = store.search(asking("the ledger").maxResults(1).build())
                    .matches()
                    .get(0)
                    .embedded()
                    .metadata();

            assertThat(ledger.getUUID("owner")).isEqualTo(ID);
            assertThat(ledger.getLong("long")).isEqualTo(Long.MAX_VALUE);
            assertThat(ledger.getDouble("share")).isEqualTo(0.25);
        }
    }

    @Test
    void what_another_program_has_put_into_the_index_comes_back_in_words_where_langchain4j_has_no_kind_for_it() {
        Path place = folder.resolve("filled");
        io.chiaro.model.Metadata kept = io.chiaro.model.Metadata.from(
                Json.parse("metadata", "{\"open\": true, \"topics\": [\"sea\", \"ships\"], \"year\": 1999}"));
        TextIndex.write(place, Stream.of(new io.chiaro.model.Document("sea", "", "the sea", kept)), bge);
        try (ChiaroEmbeddingStore store = ChiaroEmbeddingStore.open(place, description)) {
            Metadata found = store.search(asking("the sea").maxResults(1).build())
                    .matches()
                    .get(0)
                    .embedded()
                    .metadata();
            assertThat(found.getString("open")).isEqualTo("true");
            assertThat(found.getString("topics")).isEqualTo("[\"sea\",\"ships\"]");
            assertThat(found.getInteger("year")).isEqualTo(1999);
        }
    }

    @Test
    void a_least_score_and_a_greatest_number_are_obeyed() {
        try (ChiaroEmbeddingStore store = filled()) {
            double best = store.search(asking("what causes the tides").build())
                    .matches()
                    .get(0)
                    .score();

            assertThat(store.search(asking("what causes the tides")
                                    .minScore(best)
                                    .build())
                            .matches())
                    .hasSize(1);
            assertThat(store.search(asking("what causes the tides")
                                    .maxResults(2)
                                    .build())
                            .matches())
                    .hasSize(2);
        }
    }

    @Test
    void what_was_added_is_there_after_the_store_is_opened_again_and_for_no_other_model() {
        filled().close();

        try (ChiaroEmbeddingStore store = ChiaroEmbeddingStore.open(folder.resolve("store"), description)) {
            assertThat(store.search(asking("tea").build()).matches()).hasSize(3);
        }
        ModelDescription other =
                new ModelDescription("other", "0", 384, 512, description.poolings(), true, description.prompts());
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> ChiaroEmbeddingStore.open(folder.resolve("store"), other))
                .withMessageContaining("expected documents of the model bge-small-en-v1.5");
    }

    @Test
    void embeddings_without_segments_get_ids_and_are_found_without_a_text() {
        try (ChiaroEmbeddingStore store = ChiaroEmbeddingStore.open(folder.resolve("store"), description)) {
            String given = store.add(query("tea"));
            store.add("mine", query("the sea"));

            List<EmbeddingMatch<TextSegment>> matches =
                    store.search(asking("tea").build()).matches();

            assertThat(matches).extracting(EmbeddingMatch::embeddingId).containsExactly(given, "mine");
            assertThat(matches.get(0).embedded()).isNull();
            assertThat(matches.get(0).score()).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void an_id_that_is_there_is_replaced_and_vectors_of_another_length_are_refused() {
        try (ChiaroEmbeddingStore store = filled()) {
            store.addAll(List.of("tea"), List.of(query("coffee")), List.of(TextSegment.from("Coffee.")));

            assertThat(store.search(asking("coffee").build()).matches())
                    .hasSize(3)
                    .first()
                    .extracting(match -> match.embedded().text())
                    .isEqualTo("Coffee.");
            assertThatExceptionOfType(ChiaroException.class)
                    .isThrownBy(() -> store.add(Embedding.from(new float[] {1, 2})))
                    .withMessageContaining("expected 384 numbers a vector, but found 2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.addAll(List.of("a", "b"), List.of(query("a")), null));
        }
    }

    @Test
    void what_is_removed_by_id_by_filter_or_at_all_is_not_found() {
        try (ChiaroEmbeddingStore store = filled()) {
            store.remove("tea");
            assertThat(store.search(asking("tea").build()).matches()).hasSize(2);
            store.removeAll(metadataKey("shelf").isEqualTo("sea"));
            assertThat(store.search(asking("tea").build()).matches())
                    .extracting(EmbeddingMatch::embeddingId)
                    .containsExactly("ledger");
            store.removeAll();
            assertThat(store.search(asking("tea").build()).matches()).isEmpty();
            store.removeAll(metadataKey("shelf").isEqualTo("sea"));
            assertThat(ids(store, metadataKey("shelf").isEqualTo("sea"))).isEmpty();
        }
    }

    @Test
    void filters_mean_what_those_of_langchain4j_mean_by_themselves() {
        List<Filter> filters = List.of(
                metadataKey("shelf").isEqualTo("sea"),
                metadataKey("shelf").isNotEqualTo("sea"),
                metadataKey("shelf").isIn("sea", "kitchen"),
                metadataKey("shelf").isNotIn("sea"),
                metadataKey("year").isEqualTo(2020L),
                metadataKey("year").isGreaterThan(1999),
                metadataKey("year").isGreaterThanOrEqualTo(1999),
                metadataKey("year").isLessThan(2020),
                metadataKey("year").isLessThanOrEqualTo(1998.5),
                metadataKey("year").isBetween(2000, 2020),
                metadataKey("share").isGreaterThanOrEqualTo(0.1f),
                metadataKey("share").isGreaterThan(0.1f),
                metadataKey("share").isEqualTo(0.1f),
                metadataKey("owner").isEqualTo(ID),
                metadataKey("long").isEqualTo(Long.MAX_VALUE));
        List<Document> documents = SEGMENTS.stream()
                .map(segment -> Document.from(segment.text(), segment.metadata()))
                .toList();
        try (ChiaroEmbeddingStore store = filled()) {
            Property.check(200, random -> {
                Filter filter = filters.get(random.nextInt(filters.size()));
                Filter other = filters.get(random.nextInt(filters.size()));
                switch (random.nextInt(4)) {
                    case 0 -> filter = filter.and(other);
                    case 1 -> filter = filter.or(other);
                    case 2 -> filter = not(filter.and(not(other)));
                    default -> {}
                }
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    if (filter.test(documents.get(i).metadata())) {
                        expected.add(List.of("sea", "tea", "ledger").get(i));
                    }
                }
                expected.sort(null);

                assertThat(ids(store, filter)).as("%s", filter).isEqualTo(expected);
            });
        }
    }

    @Test
    void a_filter_that_the_store_cannot_hold_is_refused() {
        try (ChiaroEmbeddingStore store = filled()) {
            assertThatExceptionOfType(UnsupportedFeatureException.class)
                    .isThrownBy(() -> ids(store, metadataKey("shelf").containsString("ea")))
                    .withMessageContaining("ContainsString");
            assertThatExceptionOfType(UnsupportedFeatureException.class)
                    .isThrownBy(() -> ids(store, metadataKey("shelf").isGreaterThan("kitchen")))
                    .withMessageContaining("Only numbers have an order");
        }
    }

    @Test
    void a_name_that_no_document_has_yet_is_met_by_none() {
        try (ChiaroEmbeddingStore store = filled()) {
            assertThat(ids(store, metadataKey("tenant").isEqualTo("new"))).isEmpty();
            assertThat(ids(store, metadataKey("tenant").isGreaterThan(7))).isEmpty();
            assertThat(ids(store, metadataKey("tenant").isNotEqualTo("new"))).isNotEmpty();
        }
    }

    @Test
    void hybrid_search_finds_the_words_that_vectors_miss() {
        try (ChiaroEmbeddingStore store = filled().hybrid(Fusion.SCORES, 0.3)) {
            ContentRetriever retriever = EmbeddingStoreContentRetriever.builder()
                    .embeddingStore(store)
                    .embeddingModel(ChiaroEmbeddingModel.of(bge).withRole(TextRole.QUERY))
                    .maxResults(1)
                    .build();

            assertThat(retriever.retrieve(Query.from("tides and tea in BX-7731")))
                    .singleElement()
                    .extracting(found -> found.textSegment().text())
                    .isEqualTo("A ledger with the mark BX-7731.");
            // A request that bears no text is one for vectors.
            assertThat(store.search(asking("what causes the tides").build())
                            .matches()
                            .get(0)
                            .embeddingId())
                    .isEqualTo("sea");
        }
    }

    @Test
    void the_book_shows_how() throws IOException {
        List<Content> contents = example(
                folder.resolve("index"),
                bge,
                SEGMENTS.stream()
                        .map(segment -> Document.from(segment.text(), segment.metadata()))
                        .toList());

        assertThat(contents.get(0).textSegment().text()).isEqualTo("Ebb and flow follow the moon.");
        BookExample.isShown(
                Path.of("../../docs/integrations.md"),
                Path.of("src/test/java/io/chiaro/langchain4j/ChiaroEmbeddingStoreTest.java"),
                "langchain4j-store");
    }

    private static List<Content> example(Path folder, Embedder model, List<Document> documents) {
        // [langchain4j-store
        EmbeddingModel embedding = ChiaroEmbeddingModel.of(model);
        try (ChiaroEmbeddingStore store = ChiaroEmbeddingStore.open(folder, model.description())) {
            EmbeddingStoreIngestor.builder()
                    .embeddingModel(embedding)
                    .embeddingInputType(EmbeddingInputType.DOCUMENT)
                    .embeddingStore(store)
                    .build()
                    .ingest(documents);
            ContentRetriever retriever = EmbeddingStoreContentRetriever.builder()
                    .embeddingModel(embedding)
                    .embeddingInputType(EmbeddingInputType.QUERY)
                    .embeddingStore(store.hybrid(Fusion.SCORES, 0.5))
                    .filter(metadataKey("year").isLessThan(2020))
                    .build();
            return retriever.retrieve(Query.from("what causes the tides"));
        }
        // langchain4j-store]
    }
}
