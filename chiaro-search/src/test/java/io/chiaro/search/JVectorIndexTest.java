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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JVectorIndexTest {

    private static final Clouds MODEL = new Clouds("abc", 96, Prompts.NONE);
    private static final int DOCUMENTS = 3200;

    /** Written once and copied for each test. */
    @TempDir
    static Path written;

    @TempDir
    Path folder;

    private Path place;

    private static String text(int document) {
        return "cloud" + document % 20 + " text " + document;
    }

    private static Stream<Document> documents(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new Document(
                        "d" + i, "", text(i), new Metadata(Map.of("part", new MetadataValue.Figure(i % 10)))));
    }

    private static float[] query(int number) {
        return UnitVectors.unit(MODEL.embed(List.of("cloud" + number % 20 + " asked " + number), TextRole.QUERY)[0]);
    }

    @BeforeAll
    static void write() {
        IndexDescription description = TextIndex.write(
                written, documents(0, DOCUMENTS), MODEL, IndexForm.defaults().with(Quantisation.PRODUCT));
        assertThat(description.engine()).isEqualTo(SearchEngine.JVECTOR);
        assertThat(description.quantisation()).isEqualTo(Quantisation.PRODUCT);
    }

    @BeforeEach
    void copy() throws IOException {
        place = folder.resolve("index");
        copy(written, place);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static List<Path> files(Path index) throws IOException {
        try (Stream<Path> files = Files.list(index)) {
            return files.filter(Files::isRegularFile)
                    .map(Path::getFileName)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isGraph(Path file) {
        return file.toString().endsWith(".pqg");
    }

    /** The graph over the documents that were there from the first, which has a file of its own; that of a small part may not. */
    private static Path graph(Path index) throws IOException {
        return files(index).stream()
                .filter(JVectorIndexTest::isGraph)
                .map(index::resolve)
                .findFirst()
                .orElseThrow();
    }

    /** How many of the ten nearest of 40 queries, 400 in all, a search finds with the scores of exact search. */
    private static int found(TextIndex index) throws IOException {
        int found = 0;
        for (int q = 0; q < 40; q++) {
            List<TextHit> exact = index.exact(query(q), 10);
            found += (int)
                    index.search(query(q), 10).stream().filter(exact::contains).count();
        }
        return found;
    }

    @Test
    void a_graph_over_product_codes_finds_what_exact_search_finds_with_the_same_scores() throws IOException {
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().engine()).isEqualTo(SearchEngine.JVECTOR);
            assertThat(index.description().documents()).isEqualTo(DOCUMENTS);
            assertThat(index.graphs()).isEqualTo(new GraphCoverage(DOCUMENTS, List.of()));
            assertThat(found(index)).isGreaterThanOrEqualTo(392);
            assertThat(index.recall(50, 10)).isBetween(0.97, 1.0);
            assertThat(index.search(text(777), MODEL, 1).get(0).id()).isEqualTo("d777");
            assertThat(index.search(text(777), MODEL, 1).get(0).score()).isCloseTo(1, within(1e-6f));
            assertThat(index.search(query(1), Integer.MAX_VALUE)).hasSize(DOCUMENTS);
            assertThat(index.ranker(MODEL).description()).contains("JVector");
        }
    }

    @Test
    void what_was_deleted_is_not_found_and_what_came_later_is() throws IOException {
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            writer.delete(IntStream.range(0, 200)
                    .filter(i -> i % 20 != 7)
                    .mapToObj(i -> "d" + i)
                    .toList());
            writer.add(Stream.concat(documents(3190, 3300), Stream.of(new Document("d7", "", "cloud3 moved"))), MODEL);
            IndexDescription now = writer.commit();
            assertThat(now.engine()).isEqualTo(SearchEngine.JVECTOR);
            assertThat(now.documents()).isEqualTo(3110);
        }
        try (TextIndex index = TextIndex.open(place)) {
            // Those of before that are still there: the few that came are compared.
            assertThat(index.graphs()).isEqualTo(new GraphCoverage(2999, List.of()));
            assertThat(found(index)).isGreaterThanOrEqualTo(392);
            assertThat(index.search(text(3250), MODEL, 1).get(0).id()).isEqualTo("d3250");
            assertThat(index.search("cloud3 moved", MODEL, 1).get(0).id()).isEqualTo("d7");
            for (int deleted = 100; deleted < 140; deleted++) {
                String id = "d" + deleted;
                List<TextHit> hits = index.search(text(deleted), MODEL, 10);
                assertThat(hits).hasSize(10);
                assertThat(hits.stream().anyMatch(hit -> hit.id().equals(id)))
                        .as(id)
                        .isEqualTo(deleted % 20 == 7);
            }
            assertThat(index.search(text(7), MODEL, 10))
                    .noneMatch(hit -> hit.text().equals(text(7)));
        }
    }

    @Test
    void a_filter_works_inside_the_walk_and_few_documents_are_compared_one_by_one() throws IOException {
        try (TextIndex index = TextIndex.open(place);
                TextIndex most = index.where(Filter.parse("test", "part!=3"));
                TextIndex few = index.where(Filter.equal("part", "3"))) {
            assertThat(found(most)).isBetween(392, 400);
            for (int q = 0; q < 40; q++) {
                assertThat(most.search(query(q), 10))
                        .hasSize(10)
                        .noneMatch(hit -> hit.metadata().plain().equals(Map.of("part", 3L)));
            }
            assertThat(found(few)).isEqualTo(400);
            assertThat(few.search(query(3), 100))
                    .hasSize(100)
                    .allMatch(hit -> hit.metadata().plain().equals(Map.of("part", 3L)));
        }
    }

    @Test
    void a_graph_that_is_not_whole_or_of_another_index_or_gone_is_not_used_and_nothing_is_lost() throws IOException {
        Path graph = graph(place);
        byte[] whole = Files.readAllBytes(graph);
        byte[] ofAnother = whole.clone();
        // The header: a number of four bytes, the name and its length, the version in four bytes, the segment's id.
        ofAnother[4 + 1 + "ChiaroProductCodeGraph".length() + 4]++;

        Files.write(graph, Arrays.copyOf(whole, whole.length / 2));
        assertAllCompared(graph);
        Files.write(graph, new byte[0]);
        assertAllCompared(graph);
        Files.write(graph, ofAnother);
        assertAllCompared(graph);
        Files.delete(graph);
        assertAllCompared(graph);
        Files.write(graph, whole);
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.graphs().documents()).isEqualTo(DOCUMENTS);
        }
    }

    private void assertAllCompared(Path graph) throws IOException {
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.graphs().documents()).isZero();
            assertThat(index.graphs().faults())
                    .singleElement()
                    .asString()
                    .contains(graph.getFileName().toString());
            assertThat(found(index)).isEqualTo(400);
            assertThat(index.description().documents()).isEqualTo(DOCUMENTS);
        }
    }

    @Test
    void many_documents_that_come_later_get_a_graph_which_no_one_sees_before_the_commit() throws IOException {
        List<Path> before = files(place);
        Path killed = folder.resolve("killed");
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            writer.add(documents(DOCUMENTS, DOCUMENTS + 3100), MODEL);
            // Looking for what to delete writes what waits in memory, with its graph, but commits nothing. A kill would
            // leave this.
            writer.delete(Filter.equal("part", "no such"));
            copy(place, killed);
            writer.commit();
        }
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.graphs()).isEqualTo(new GraphCoverage(DOCUMENTS + 3100, List.of()));
            assertThat(found(index)).isGreaterThanOrEqualTo(392);
            assertThat(index.search(text(5000), MODEL, 1).get(0).id()).isEqualTo("d5000");
        }
        assertThat(files(killed)).hasSizeGreaterThan(before.size());
        try (TextIndex index = TextIndex.open(killed)) {
            assertThat(index.graphs()).isEqualTo(new GraphCoverage(DOCUMENTS, List.of()));
            assertThat(found(index)).isGreaterThanOrEqualTo(392);
            assertThat(index.search(text(5000), MODEL, 1).get(0).id()).isNotEqualTo("d5000");
        }
        TextIndexWriter.open(killed).close();
        assertThat(files(killed))
                .as("swept by the next writer")
                .containsAll(before)
                .hasSizeLessThanOrEqualTo(before.size() + 1);
    }

    @Test
    void a_saved_snapshot_has_the_graph() throws IOException {
        try (LiveIndex live = LiveIndex.open(place)) {
            live.save("before", MODEL.description());
        }
        Path saved = place.resolve("snapshots/before");
        try (TextIndex index = TextIndex.open(saved)) {
            assertThat(index.graphs()).isEqualTo(new GraphCoverage(DOCUMENTS, List.of()));
            assertThat(found(index)).isGreaterThanOrEqualTo(392);
        }
    }

    @Test
    void a_few_documents_have_no_graph_and_are_compared() throws IOException {
        Path small = folder.resolve("small");
        assertThat(TextIndex.write(
                                small,
                                documents(0, 500),
                                MODEL,
                                IndexForm.defaults().with(Quantisation.PRODUCT))
                        .engine())
                .isEqualTo(SearchEngine.JVECTOR);
        assertThat(files(small)).noneMatch(JVectorIndexTest::isGraph);
        try (TextIndex index = TextIndex.open(small)) {
            assertThat(index.graphs()).isEqualTo(new GraphCoverage(0, List.of()));
            assertThat(found(index)).isEqualTo(400);
        }
    }
}
