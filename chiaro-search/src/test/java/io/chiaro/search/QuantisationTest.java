package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.MetadataValue;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.search.filter.Filter;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.search.vector.UnitVectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class QuantisationTest {

    private static final Clouds MODEL = new Clouds("abc", 60, Prompts.NONE);

    @TempDir
    Path folder;

    private static Stream<Document> documents(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new Document(
                        "d" + i,
                        "",
                        "cloud" + i % 20 + " text " + i,
                        new Metadata(Map.of("part", new MetadataValue.Figure(i % 4)))));
    }

    @ParameterizedTest
    @EnumSource(
            value = Quantisation.class,
            names = {"INT8", "BINARY"})
    void short_forms_find_what_exact_search_finds_with_the_same_scores(Quantisation quantisation) throws IOException {
        Path place = folder.resolve("index");
        IndexDescription written = TextIndex.write(
                place, documents(0, 1500), MODEL, IndexForm.defaults().with(quantisation));
        assertThat(written.engine()).isEqualTo(SearchEngine.CODES);
        // Documents that come later have a short form, too, and deleted ones are not found by it.
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            writer.add(documents(1400, 1700), MODEL);
            writer.delete(IntStream.range(0, 400).mapToObj(i -> "d" + i).toList());
            IndexDescription now = writer.commit();
            assertThat(now.quantisation()).isEqualTo(quantisation);
            assertThat(now.engine()).isEqualTo(SearchEngine.CODES);
        }
        try (TextIndex index = TextIndex.open(place);
                TextIndex filtered = index.where(Filter.equal("part", "3"))) {
            assertThat(index.description().documents()).isEqualTo(1300);
            int found = 0;
            for (int q = 0; q < 40; q++) {
                float[] query =
                        UnitVectors.unit(MODEL.embed(List.of("cloud" + q % 20 + " asked " + q), TextRole.QUERY)[0]);
                List<TextHit> exact = index.exact(query, 10);
                List<TextHit> near = index.search(query, 10);
                found += (int) near.stream().filter(exact::contains).count();
                assertThat(filtered.search(query, 10))
                        .hasSize(10)
                        .allMatch(hit -> hit.metadata().plain().equals(Map.of("part", 3L)));
            }
            // Of 400; the clouds lie apart, and each holds 65 documents.
            assertThat(found).isGreaterThanOrEqualTo(396);
            assertThat(index.recall(50, 10)).isBetween(0.98, 1.0);
        }
    }

    @ParameterizedTest
    @CsvSource({"NONE,HNSW", "INT8,HNSW", "BINARY,CODES"})
    void above_the_limit_full_vectors_and_bytes_get_a_graph_and_bits_do_not(
            Quantisation quantisation, SearchEngine engine) throws IOException {
        Path place = folder.resolve("index");
        assertThat(WholeIndex.write(
                                place,
                                documents(0, 1500),
                                MODEL,
                                Optional.empty(),
                                IndexForm.defaults().with(quantisation),
                                1000,
                                0.2)
                        .engine())
                .isEqualTo(engine);
        try (TextIndex index = TextIndex.open(place)) {
            for (int i = 0; i < 1500; i += 50) {
                String text = "cloud" + i % 20 + " text " + i;
                assertThat(index.search(text, MODEL, 1).get(0).id()).isEqualTo("d" + i);
                assertThat(index.search(text, MODEL, 1).get(0).score()).isCloseTo(1, within(1e-6f));
            }
            assertThat(index.recall(50, 10)).isBetween(0.97, 1.0);
        }
    }

    @Test
    void an_index_of_bytes_that_grows_over_the_limit_gets_a_graph() throws IOException {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(0, 800), MODEL, IndexForm.defaults().with(Quantisation.INT8));
        try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description(), 1000)) {
            writer.add(documents(800, 1200), MODEL);
            assertThat(writer.commit().engine()).isEqualTo(SearchEngine.HNSW);
        }
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().quantisation()).isEqualTo(Quantisation.INT8);
            assertThat(index.search("cloud3 text 43", MODEL, 1).get(0).id()).isEqualTo("d43");
            assertThat(index.search("cloud3 text 1103", MODEL, 1).get(0).id()).isEqualTo("d1103");
            assertThat(index.recall(50, 10)).isBetween(0.97, 1.0);
        }
    }

    @Test
    void the_recall_of_an_index_that_compares_all_is_one_and_an_empty_index_is_no_error() {
        for (Quantisation quantisation : Quantisation.values()) {
            Path place = folder.resolve(quantisation.word());
            TextIndex.write(place, Stream.of(), MODEL, IndexForm.defaults().with(quantisation));
            try (TextIndex index = TextIndex.open(place)) {
                assertThat(index.search("x", MODEL, 5)).isEmpty();
                assertThat(index.recall(10, 10)).isEqualTo(1);
            }
        }
        TextIndex.write(folder.resolve("exact"), documents(0, 200), MODEL);
        try (TextIndex index = TextIndex.open(folder.resolve("exact"))) {
            assertThat(index.recall(300, 10)).isEqualTo(1);
        }
    }
}
