package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.search.vector.FlatVectors;
import io.chiaro.search.vector.SearchEngine;
import io.chiaro.search.vector.UnitVectors;
import io.chiaro.search.vector.VectorCodec;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextIndexWriterTest {

    private static final Clouds MODEL = new Clouds("abc", 16, Prompts.NONE);

    @TempDir
    Path folder;

    private static Document document(int i, String words) {
        return new Document("d" + i, "", "cloud" + i % 7 + " " + words + " " + i);
    }

    private static Stream<Document> documents(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> document(i, "text"));
    }

    @Test
    void documents_are_added_replaced_and_deleted_and_seen_after_the_commit() {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(0, 20), MODEL);
        try (TextIndex old = TextIndex.open(place);
                TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description())) {
            assertThat(writer.add(Stream.of(document(3, "other"), document(20, "text")), MODEL))
                    .isEqualTo(2);
            writer.delete(List.of("d5", "nobody"));
            assertThat(old.newer()).as("nothing is committed").isEmpty();
            assertThat(writer.commit().documents()).isEqualTo(20);
            assertThat(old.description().documents()).isEqualTo(20);
            assertThat(old.find("d5")).isPresent();
            assertThat(old.find("d20")).isEmpty();
            try (TextIndex now = old.newer().orElseThrow()) {
                assertThat(now.description().documents()).isEqualTo(20);
                assertThat(now.find("d5")).isEmpty();
                assertThat(now.find("d3")).contains(new StoredText("d3", "", "cloud3 other 3", Metadata.NONE));
                assertThat(now.find("d20")).isPresent();
                assertThat(now.searchWords("other", 5)).extracting(TextHit::id).containsExactly("d3");
                assertThat(now.newer()).isEmpty();
            }
            assertThat(old.searchWords("other", 5)).as("a snapshot stays").isEmpty();
        }
    }

    /** Whatever was done to an index, it holds and finds what a plain map holds after the same. */
    @Test
    void an_index_equals_a_map_after_any_changes() {
        int[] run = {0};
        Property.check(6, random -> {
            Path place = folder.resolve("index" + run[0]++);
            Map<String, Document> expected = new TreeMap<>();
            for (int session = 0; session < 3; session++) {
                try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description())) {
                    for (int commit = random.nextInt(5); commit >= 0; commit--) {
                        for (int change = random.nextInt(6); change > 0; change--) {
                            int from = random.nextInt(60);
                            if (random.nextInt(3) == 0) {
                                List<String> ids = IntStream.range(from, from + 5)
                                        .mapToObj(i -> "d" + i)
                                        .toList();
                                writer.delete(ids);
                                ids.forEach(expected::remove);
                            } else {
                                String words = "word" + random.nextInt(1000);
                                List<Document> added = IntStream.range(from, from + random.nextInt(9))
                                        .mapToObj(i -> document(i, words))
                                        .toList();
                                writer.add(added.stream(), MODEL);
                                added.forEach(document -> expected.put(document.id(), document));
                            }
                        }
                        writer.commit();
                    }
                    writer.add(Stream.of(document(7, "uncommitted")), MODEL);
                }
                try (TextIndex index = TextIndex.open(place)) {
                    assertThat(contents(index)).isEqualTo(texts(expected));
                    assertThat(index.description().documents()).isEqualTo(expected.size());
                    String query = "cloud" + random.nextInt(7) + " asked";
                    assertThat(index.search(query, MODEL, 5)).isEqualTo(nearest(query, expected, 5));
                }
            }
        });
    }

    private static Map<String, String> contents(TextIndex index) {
        Map<String, String> found = new TreeMap<>();
        index.search(new float[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 10_000)
                .forEach(hit -> found.put(hit.id(), hit.text()));
        return found;
    }

    private static Map<String, String> texts(Map<String, Document> documents) {
        Map<String, String> texts = new TreeMap<>();
        documents.forEach((id, document) -> texts.put(id, document.content()));
        return texts;
    }

    private static List<TextHit> nearest(String query, Map<String, Document> documents, int k) {
        float[] asked = UnitVectors.unit(MODEL.embed(List.of(query), TextRole.QUERY)[0]);
        List<TextHit> hits = new ArrayList<>();
        for (Document document : documents.values()) {
            float[] vector = UnitVectors.unit(MODEL.embed(List.of(document.content()), TextRole.DOCUMENT)[0]);
            hits.add(new TextHit(
                    document.id(),
                    UnitVectors.dot(asked, vector),
                    document.title(),
                    document.content(),
                    document.metadata()));
        }
        hits.sort(Comparator.comparing((TextHit hit) -> -hit.score()).thenComparing(TextHit::id));
        return hits.subList(0, Math.min(k, hits.size()));
    }

    @Test
    void an_index_that_grows_over_the_limit_gets_a_graph_over_all_its_documents() throws IOException {
        Path place = folder.resolve("index");
        try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description(), 300)) {
            for (int from = 0; from < 300; from += 50) {
                writer.add(documents(from, from + 50), MODEL);
                assertThat(writer.commit().engine()).isEqualTo(SearchEngine.EXACT);
            }
            writer.add(documents(0, 100), MODEL);
            assertThat(writer.commit().engine()).as("replaced, not more").isEqualTo(SearchEngine.EXACT);
            writer.add(documents(300, 301), MODEL);
            assertThat(writer.commit().engine()).isEqualTo(SearchEngine.HNSW);
            assertThat(flat(place)).isZero();
            writer.add(documents(301, 400), MODEL);
            writer.delete(IntStream.range(0, 350).mapToObj(i -> "d" + i).toList());
            assertThat(writer.commit().engine()).isEqualTo(SearchEngine.HNSW);
        }
        try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description(), 300)) {
            writer.add(documents(400, 410), MODEL);
            assertThat(writer.commit().engine())
                    .as("a graph stays when the index shrinks")
                    .isEqualTo(SearchEngine.HNSW);
        }
        assertThat(flat(place)).isZero();
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().documents()).isEqualTo(60);
            for (int i = 350; i < 410; i++) {
                assertThat(index.search("cloud" + i % 7 + " text " + i, MODEL, 3))
                        .extracting(TextHit::id)
                        .startsWith("d" + i)
                        .doesNotContain("d1", "d7");
            }
        }
    }

    private static long flat(Path place) throws IOException {
        try (Directory directory = FSDirectory.open(place)) {
            return SegmentInfos.readLatestCommit(directory).asList().stream()
                    .filter(FlatVectors::in)
                    .count();
        }
    }

    @Test
    void many_small_commits_leave_few_segments() throws IOException {
        Path place = folder.resolve("index");
        try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description())) {
            for (int i = 0; i < 40; i++) {
                writer.add(documents(i, i + 1), MODEL);
                writer.commit();
            }
        }
        try (Directory directory = FSDirectory.open(place)) {
            assertThat(SegmentInfos.readLatestCommit(directory).size()).isLessThan(20);
        }
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(contents(index)).hasSize(40);
        }
    }

    @Test
    void a_copy_holds_a_whole_commit_however_fast_others_write() throws Exception {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(0, 10), MODEL);
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Integer> writing = CompletableFuture.supplyAsync(() -> {
                int to = 10;
                // Each commit replaces all, so that the files of older ones become needless at once.
                while (!enough.get()) {
                    to += 10;
                    writer.add(documents(0, to), MODEL);
                    writer.commit();
                }
                return to;
            });
            for (int i = 0; i < 8; i++) {
                Path copy = folder.resolve("copy" + i);
                writer.copy(copy);
                try (TextIndex copied = TextIndex.open(copy)) {
                    int documents = copied.description().documents();
                    assertThat(documents % 10).isZero();
                    assertThat(contents(copied)).hasSize(documents).containsKey("d" + (documents - 1));
                }
            }
            enough.set(true);
            int last = writing.get();
            assertThatThrownBy(() -> writer.copy(place)).hasMessageContaining("expected a new or an empty folder");
            writer.copy(folder.resolve("last"));
            try (TextIndexWriter copied = TextIndexWriter.open(folder.resolve("last"))) {
                assertThat(copied.commit().documents()).isEqualTo(last);
            }
        }
        try (TextIndexWriter fresh = TextIndexWriter.open(folder.resolve("new"), MODEL.description())) {
            assertThatThrownBy(() -> fresh.copy(folder.resolve("x"))).hasMessageContaining("expected a commit to copy");
        }
    }

    @Test
    void another_model_a_second_writer_and_ids_that_come_twice_are_refused() {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(0, 5), MODEL);
        Clouds other = new Clouds("def", 16, Prompts.NONE);
        assertThatThrownBy(() -> TextIndexWriter.open(place, other.description()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected documents of the model clouds (hash abc)")
                .hasMessageContaining("hash def");
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            assertThatThrownBy(() -> writer.add(documents(0, 1), other)).hasMessageContaining("hash def");
            assertThatThrownBy(() -> TextIndexWriter.open(place, MODEL.description()))
                    .hasMessageContaining("expected to be the only writer");
            assertThatThrownBy(() -> writer.add(Stream.of(document(9, "a"), document(9, "b")), MODEL))
                    .hasMessageContaining("\"d9\" again");
            assertThatThrownBy(() -> writer.add(List.of(document(9, "a")), new float[1][3]))
                    .hasMessageContaining("expected 16 numbers a vector, but found 3");
        }
        assertThatThrownBy(() -> TextIndexWriter.open(folder.resolve("nowhere")))
                .hasMessageContaining("expected the folder of an index");
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(contents(index)).hasSize(5);
        }
    }

    @Test
    void a_folder_with_other_files_is_not_made_an_index() throws IOException {
        Files.writeString(folder.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> TextIndexWriter.open(folder, MODEL.description()))
                .hasMessageContaining("letter.txt");
    }

    @Test
    void a_folder_without_an_index_keeps_its_files_whatever_they_are_called() throws IOException {
        for (String name : List.of("_index.md", "_config.yml", "_0.txt", "segments.csv", "segments_list.txt")) {
            Path place = Files.createDirectory(folder.resolve("of-" + name));
            Files.writeString(place.resolve(name), "mine");
            assertThatThrownBy(() -> TextIndexWriter.open(place, MODEL.description()))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining(name);
            assertThatThrownBy(() -> TextIndexWriter.open(place)).isInstanceOf(ChiaroException.class);
            assertThatThrownBy(() -> TextIndex.write(place, documents(0, 2), MODEL))
                    .isInstanceOf(ChiaroException.class);
            assertThat(place).isDirectoryContaining(file -> file.endsWith(name));
        }
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> TextIndexWriter.open(empty)).hasMessageContaining("expected a finished index");
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void an_index_keeps_another_file_beside_it_whose_name_begins_as_its_own() throws IOException {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(0, 5), MODEL);
        Path other = place.resolve("_index.md");
        Files.writeString(other, "mine");
        assertThatThrownBy(() -> TextIndexWriter.open(place)).hasMessageContaining("_index.md");
        assertThatThrownBy(() -> TextIndex.write(place, documents(0, 2), MODEL)).hasMessageContaining("_index.md");
        assertThat(other).hasContent("mine");
    }

    @Test
    void what_a_writer_left_that_was_killed_before_its_first_commit_is_written_over() throws IOException {
        Path place = Files.createDirectory(folder.resolve("index"));
        for (String name : List.of(
                "_0.cfs",
                "_0_Lucene912_0.doc",
                "_1_ChiaroFlatVectors_0.vec",
                "_0_Lucene90FieldsIndex-doc_ids_0.tmp",
                "pending_segments_1")) {
            Files.writeString(place.resolve(name), "half");
        }
        assertThat(TextIndex.write(place, documents(0, 3), MODEL).documents()).isEqualTo(3);
    }

    @Test
    void a_graph_that_was_not_finished_is_finished_by_the_next_commit() throws IOException {
        Path place = folder.resolve("index");
        TextIndex.write(place, documents(0, 400), MODEL);
        try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description(), 300)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(writer::commit).isInstanceOf(RuntimeException.class);
            Thread.interrupted();
            assertThat(writer.commit().engine()).isEqualTo(SearchEngine.HNSW);
        } finally {
            Thread.interrupted();
        }
        assertThat(flat(place)).isZero();
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(contents(index)).hasSize(400);
        }
    }

    @Test
    void an_index_said_to_have_graphs_that_some_segments_lack_gets_them() throws IOException {
        Path place = folder.resolve("index");
        IndexDescription exact = TextIndex.write(place, documents(0, 400), MODEL);
        IndexWriterConfig config = new IndexWriterConfig(Language.ENGLISH.analyzer())
                .setCodec(new VectorCodec())
                .setMergePolicy(NoMergePolicy.INSTANCE);
        try (Directory directory = FSDirectory.open(place);
                IndexWriter writer = new IndexWriter(directory, config)) {
            writer.setLiveCommitData(
                    IndexMemory.of(exact.with(400, SearchEngine.HNSW)).entrySet());
            writer.commit();
        }
        assertThat(flat(place)).isPositive();
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            writer.commit();
        }
        assertThat(flat(place)).isZero();
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(contents(index)).hasSize(400);
        }
    }

    @Test
    void what_came_while_a_commit_was_under_way_is_gone_if_no_other_commit_follows() {
        Path place = folder.resolve("index");
        try (TextIndexWriter writer = TextIndexWriter.open(place, MODEL.description())) {
            writer.commit();
            // Whoever asks for the second document meets a commit, between the first and the second.
            List<Document> batch = new AbstractList<>() {
                @Override
                public Document get(int i) {
                    if (i == 1) {
                        writer.commit();
                    }
                    return document(i, "text");
                }

                @Override
                public int size() {
                    return 2;
                }
            };
            writer.add(batch, MODEL.embed(List.of("a", "b"), TextRole.DOCUMENT));
        }
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.find("d0")).isPresent();
            assertThat(index.find("d1")).isEmpty();
        }
    }
}
