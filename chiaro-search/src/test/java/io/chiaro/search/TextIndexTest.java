package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.MetadataValue;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.search.filter.Filter;
import io.chiaro.search.vector.FlatVectors;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.search.vector.UnitVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextIndexTest {

    private static final double MEGABYTES = 16;

    @TempDir
    Path folder;

    private static Clouds clouds(int dimension) {
        return new Clouds("abc", dimension, Prompts.NONE);
    }

    private static Stream<Document> documents(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Document("d" + i, "", "cloud" + i % 20 + " text " + i));
    }

    @Test
    void a_view_with_a_bound_of_text_refuses_answers_beyond_it_and_finds_the_same_within() {
        Clouds model = clouds(8);
        Path place = folder.resolve("bounded");
        TextIndex.write(
                place,
                Stream.of(
                        new Document("a", "", "larks sing " + "x".repeat(50)),
                        new Document("b", "", "larks fly"),
                        new Document("c", "", "valves")),
                model);
        try (TextIndex index = TextIndex.open(place);
                TextIndex bounded = index.withMostText(40)) {
            assertThat(bounded.searchWords("fly", 1)).isEqualTo(index.searchWords("fly", 1));
            assertThatThrownBy(() -> bounded.searchWords("larks", 2))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("at most 40 characters together");
            assertThatThrownBy(() -> bounded.search("larks", model, 3)).isInstanceOf(ChiaroException.class);
            assertThatThrownBy(() -> bounded.searchHybrid("larks", model, Fusion.SCORES, 0.5, 3))
                    .isInstanceOf(ChiaroException.class);
        }
    }

    @Test
    void a_title_comes_back_apart_and_before_the_text_as_it_was_indexed() {
        Clouds model = clouds(8);
        Path place = folder.resolve("titled");
        TextIndex.write(
                place,
                Stream.of(
                        new Document("a", " Larks ", "sing at dawn"),
                        new Document("b", "", "Larks sing at dawn"),
                        new Document("c", " ", "valves")),
                model);
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.find("a")).contains(new StoredText("a", "Larks", "Larks  sing at dawn", Metadata.NONE));
            // As a document with a title looks that was indexed before titles were kept.
            assertThat(index.find("b")).contains(new StoredText("b", "", "Larks sing at dawn", Metadata.NONE));
            assertThat(index.find("c").map(StoredText::title)).contains("");
            assertThat(index.search("larks", model, 3))
                    .allSatisfy(
                            hit -> assertThat(hit.title()).isEqualTo(hit.id().equals("a") ? "Larks" : ""));
            assertThat(index.searchWords("dawn", 2))
                    .filteredOn(hit -> hit.id().equals("a"))
                    .singleElement()
                    .satisfies(hit -> assertThat(hit.plain())
                            .containsEntry("title", "Larks")
                            .containsEntry("text", "Larks  sing at dawn"));
            assertThat(index.similar("a", 2))
                    .allSatisfy(hit -> assertThat(hit.plain()).doesNotContainKey("title"));
            assertThat(index.similar("b", 2)).extracting(TextHit::title).contains("Larks");
        }
    }

    @Test
    void a_text_is_found_by_its_vector_and_by_its_words() {
        Clouds model = clouds(32);
        IndexDescription written = TextIndex.write(folder.resolve("index"), documents(1300), model);
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            assertThat(index.description()).isEqualTo(written);
            assertThat(written.documents()).isEqualTo(1300);
            List<TextHit> hits = index.search("cloud7 text 47", model, 5);
            assertThat(hits).hasSize(5);
            assertThat(hits.get(0).id()).isEqualTo("d47");
            assertThat(hits.get(0).text()).isEqualTo("cloud7 text 47");
            assertThat(hits.get(0).score()).isCloseTo(1f, within(1e-5f));
            assertThat(hits).allMatch(hit -> hit.text().startsWith("cloud7 "));
            assertThat(index.ranker(model).rank("cloud7 text 47", 5))
                    .extracting(hit -> hit.id())
                    .isEqualTo(hits.stream().map(TextHit::id).toList());
            assertThat(index.searchWords("text 47", 1).get(0).id()).isEqualTo("d47");
        }
    }

    @Test
    void every_document_that_is_left_is_shown_with_its_vector_and_a_filter_holds_there_too() {
        Clouds model = clouds(8);
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(40), model);
        try (TextIndexWriter writer = TextIndexWriter.open(place, model.description())) {
            writer.delete(List.of("d3", "d7"));
            Metadata marked = new Metadata(Map.of("mark", new MetadataValue.Text("yes")));
            writer.add(Stream.of(new Document("last", "", "cloud1 last", marked)), model);
            writer.commit();
        }
        try (TextIndex index = TextIndex.open(place);
                TextIndex filtered = index.where(Filter.equal("mark", "yes"))) {
            Map<String, float[]> seen = new TreeMap<>();
            index.each((text, vector) -> {
                assertThat(seen.put(text.id(), vector)).isNull();
                float[] made = model.embed(List.of(text.text()), TextRole.DOCUMENT)[0];
                assertThat(vector).containsExactly(UnitVectors.unit(made), within(1e-6f));
            });
            assertThat(seen).hasSize(39).doesNotContainKeys("d3", "d7").containsKey("last");
            List<String> only = new ArrayList<>();
            filtered.each((text, vector) -> only.add(text.id()));
            assertThat(only).containsExactly("last");
        }
    }

    @Test
    void what_is_similar_to_a_document_is_what_its_vector_finds_without_itself() {
        Clouds model = clouds(32);
        TextIndex.write(folder.resolve("index"), documents(200), model);
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            List<TextHit> found = index.search("cloud7 text 47", model, 6);
            assertThat(found.get(0).id()).isEqualTo("d47");
            assertThat(index.similar("d47", 5))
                    .extracting(TextHit::id)
                    .isEqualTo(found.subList(1, 6).stream().map(TextHit::id).toList());
            assertThat(index.similar("nobody", 5)).isEmpty();
            assertThat(index.similar("d47", 1_000)).hasSize(199);
        }
    }

    @Test
    void the_graph_finds_what_the_exact_search_finds() throws IOException {
        Clouds model = clouds(32);
        TextIndex.write(folder.resolve("index"), documents(2000), model, 100, MEGABYTES);
        int found = 0;
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            for (int q = 0; q < 40; q++) {
                float[] query = model.embed(List.of("cloud" + q % 20 + " asked " + q), TextRole.QUERY)[0];
                float length = 0;
                for (float value : query) {
                    length += value * value;
                }
                for (int k = 0; k < query.length; k++) {
                    query[k] /= (float) Math.sqrt(length);
                }
                List<String> exact =
                        index.exact(query, 10).stream().map(TextHit::id).toList();
                List<TextHit> near = index.search(query, 10);
                found += (int)
                        near.stream().filter(hit -> exact.contains(hit.id())).count();
                assertThat(near.get(0).score())
                        .isCloseTo(index.exact(query, 1).get(0).score(), within(1e-5f));
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(390);
    }

    @Test
    void exact_search_equals_a_plain_loop_over_the_vectors_over_many_segments_and_draws() throws IOException {
        Clouds model = clouds(27);
        // Each text comes three times, so that most cuts fall among equal scores.
        List<Document> documents = IntStream.range(0, 900)
                .mapToObj(i -> new Document("d" + i, "", "cloud" + i % 20 + " text " + i % 300))
                .toList();
        float[][] vectors = model.embed(documents.stream().map(Document::text).toList(), TextRole.DOCUMENT);
        Path place = folder.resolve("index");
        TextIndex.write(place, documents.stream(), model, 900, 0.1);
        assertThat(graphs(place)).hasSizeGreaterThan(2).containsOnly(false);
        try (TextIndex index = TextIndex.open(place)) {
            for (int k : new int[] {1, 2, 3, 10, 299, 899, 900, 5000}) {
                float[] query = model.embed(List.of("cloud" + k % 20 + " asked"), TextRole.QUERY)[0];
                List<TextHit> hits = index.search(query, k);
                double[] cosines =
                        Stream.of(vectors).mapToDouble(v -> cosine(query, v)).toArray();
                List<Integer> order = IntStream.range(0, 900)
                        .boxed()
                        .sorted((a, b) -> cosines[a] != cosines[b]
                                ? Double.compare(cosines[b], cosines[a])
                                : documents
                                        .get(b)
                                        .id()
                                        .compareTo(documents.get(a).id()))
                        .limit(k)
                        .toList();
                assertThat(hits)
                        .extracting(TextHit::id)
                        .isEqualTo(
                                order.stream().map(i -> documents.get(i).id()).toList());
                for (int i = 0; i < hits.size(); i++) {
                    assertThat(hits.get(i).score()).isCloseTo((float) cosines[order.get(i)], within(1e-6f));
                }
            }
        }
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(squaresA * squaresB);
    }

    /** Of each segment, whether it has a graph. */
    private static List<Boolean> graphs(Path place) throws IOException {
        try (Directory directory = FSDirectory.open(place)) {
            return SegmentInfos.readLatestCommit(directory).asList().stream()
                    .map(segment -> !FlatVectors.in(segment))
                    .toList();
        }
    }

    @Test
    void a_graph_is_built_above_the_limit_and_not_at_it() throws IOException {
        Path place = folder.resolve("index");
        Clouds model = clouds(32);
        for (int count : new int[] {1, 700, 701, 1100, 2100}) {
            SearchEngine engine = count <= 700 ? SearchEngine.EXACT : SearchEngine.HNSW;
            IndexDescription written = TextIndex.write(place, documents(count), model, 700, 0.2);
            assertThat(written.engine()).isEqualTo(engine);
            assertThat(graphs(place)).isNotEmpty().containsOnly(engine == SearchEngine.HNSW);
            try (TextIndex index = TextIndex.open(place)) {
                assertThat(index.description()).isEqualTo(written);
                // The first were written before it was known that a graph would be needed.
                for (int i = 0; i < count; i += 97) {
                    assertThat(index.search("cloud" + i % 20 + " text " + i, model, 1))
                            .extracting(TextHit::id)
                            .containsExactly("d" + i);
                }
                assertThat(index.ranker(model).description())
                        .contains(engine == SearchEngine.EXACT ? "every vector" : "graph");
            }
        }
    }

    @Test
    void an_error_while_graphs_are_written_leaves_the_older_index_as_it_was() {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(10), clouds(8));
        Stream<Document> broken = Stream.concat(documents(2000), Stream.of(new Document("d3", "", "again")));
        assertThatThrownBy(() -> TextIndex.write(place, broken, clouds(8), 100, 0.1))
                .hasMessageContaining("\"d3\" again");
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().engine()).isEqualTo(SearchEngine.EXACT);
            assertThat(index.search("cloud4 text 4", clouds(8), 1).get(0).id()).isEqualTo("d4");
        }
    }

    @Test
    void equal_scores_come_in_one_order_also_at_the_cut() {
        Stream<Document> same = IntStream.range(0, 700).mapToObj(i -> new Document("d" + i, "", "same text"));
        Clouds model = clouds(8);
        TextIndex.write(folder.resolve("index"), same, model);
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            assertThat(index.search("same text", model, 3))
                    .extracting(TextHit::id)
                    .containsExactly("d99", "d98", "d97");
        }
    }

    @Test
    void a_place_that_cannot_be_written_is_told_in_words() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");

        assertThatThrownBy(() -> TextIndex.write(file.resolve("index"), documents(5), clouds(8)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected to write the index, but found: ")
                .hasMessageNotContaining("java.");
        assertThat(file).hasContent("kept");
    }

    @Test
    void another_model_other_prompts_and_another_dimension_are_refused() {
        TextIndex.write(folder.resolve("index"), documents(5), clouds(8));
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            assertThatThrownBy(() -> index.search("x", new Clouds("def", 8, Prompts.NONE), 3))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("hash abc")
                    .hasMessageContaining("hash def");
            assertThatThrownBy(() -> index.search("x", new Clouds("abc", 8, new Prompts("", "query: ", "")), 3))
                    .hasMessageContaining("query: ");
            assertThatThrownBy(() -> index.search(new float[9], 3)).hasMessageContaining("8 numbers, but found 9");
        }
    }

    @Test
    void an_error_while_writing_leaves_the_older_index_as_it_was() {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(10), clouds(8));
        Stream<Document> broken = Stream.concat(documents(2000), Stream.of(new Document("d3", "", "again")));
        assertThatThrownBy(() -> TextIndex.write(place, broken, clouds(8))).hasMessageContaining("\"d3\" again");
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().documents()).isEqualTo(10);
            assertThat(index.search("cloud4 text 4", clouds(8), 1).get(0).id()).isEqualTo("d4");
        }
        TextIndex.write(place, documents(3), clouds(8));
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.search("x", clouds(8), 10)).hasSize(3);
        }
    }

    @Test
    void an_index_that_was_never_finished_says_so() {
        Path place = folder.resolve("index");
        Stream<Document> broken = Stream.concat(documents(2000), Stream.of(new Document("d3", "", "again")));
        assertThatThrownBy(() -> TextIndex.write(place, broken, clouds(8))).isInstanceOf(ChiaroException.class);
        assertThatThrownBy(() -> TextIndex.open(place)).hasMessageContaining("expected a finished index");
        assertThatThrownBy(() -> TextIndex.open(folder.resolve("nowhere"))).hasMessageContaining("found none");
        TextIndex.write(place, documents(3), clouds(8));
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().documents()).isEqualTo(3);
        }
    }

    @Test
    void a_folder_with_other_files_is_not_written_into() throws IOException {
        Files.writeString(folder.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> TextIndex.write(folder, documents(3), clouds(8)))
                .hasMessageContaining("letter.txt");
        assertThat(folder.resolve("letter.txt")).hasContent("dear");
    }

    @Test
    void vectors_of_two_thousand_dimensions_are_kept_and_too_wide_ones_refused() {
        TextIndex.write(folder.resolve("wide"), documents(30), clouds(2000));
        try (TextIndex index = TextIndex.open(folder.resolve("wide"))) {
            assertThat(index.search("cloud4 text 24", clouds(2000), 1).get(0).id())
                    .isEqualTo("d24");
        }
        assertThatThrownBy(() -> TextIndex.write(folder.resolve("wider"), documents(1), clouds(5000)))
                .hasMessageContaining("at most 4096");
    }

    @Test
    void an_empty_collection_makes_an_index_that_finds_nothing() {
        TextIndex.write(folder.resolve("index"), Stream.of(), clouds(8));
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            assertThat(index.search("x", clouds(8), 10)).isEmpty();
            assertThat(index.searchWords("x", 10)).isEmpty();
        }
    }

    @Test
    void however_many_are_asked_for_all_documents_come() {
        Clouds model = clouds(8);
        TextIndex.write(folder.resolve("index"), documents(50), model);
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            assertThat(index.searchWords("text", Integer.MAX_VALUE)).hasSize(50);
            assertThat(index.search("text", model, Integer.MAX_VALUE)).hasSize(50);
            assertThat(index.searchHybrid("text", model, Fusion.SCORES, 0.5, Integer.MAX_VALUE))
                    .hasSize(50);
            assertThat(index.recall(3, Integer.MAX_VALUE)).isEqualTo(1);
        }
    }
}
