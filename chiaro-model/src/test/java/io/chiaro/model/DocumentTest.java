package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {

    @TempDir
    Path folder;

    private List<Document> read(String content) throws IOException {
        Path file = folder.resolve("docs.jsonl");
        Files.writeString(file, content);
        try (Stream<Document> documents = Document.read(file)) {
            return documents.toList();
        }
    }

    @Test
    void both_names_of_an_id_a_missing_title_and_empty_lines_are_read() throws IOException {
        List<Document> documents = read("\uFEFF" + """
                {"_id": "1", "title": "T", "text": "x"}

                {"id": "2", "text": " y ", "more": [1]}
                """);
        assertThat(documents).containsExactly(new Document("1", "T", "x"), new Document("2", "", " y "));
        assertThat(documents.get(0).content()).isEqualTo("T x");
        assertThat(documents.get(1).content()).isEqualTo("y");
    }

    @Test
    void a_zipped_file_is_read_by_its_ending() throws IOException {
        Path file = folder.resolve("docs.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("{\"id\": \"1\", \"text\": \"x\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        try (Stream<Document> documents = Document.read(file)) {
            assertThat(documents).containsExactly(new Document("1", "", "x"));
        }
    }

    @Test
    void a_broken_line_says_where_and_what() {
        assertThatThrownBy(() -> read("{\"id\": \"1\", \"text\": \"x\"}\n\n{\"id\": \"2\"}\n"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("docs.jsonl:3")
                .hasMessageContaining("text");
        assertThatThrownBy(() -> read("{\"name\": \"1\", \"text\": \"x\"}\n"))
                .hasMessageContaining("docs.jsonl:1")
                .hasMessageContaining("expected an id");
        assertThatThrownBy(() -> Document.read(folder.resolve("missing.jsonl")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("missing.jsonl");
    }

    @Test
    void metadata_are_texts_numbers_truths_and_lists_of_texts() throws IOException {
        List<Document> documents = read("""
                {"id": "1", "text": "x", "metadata": {"a": "t", "b": 7, "c": 7.5, "d": true, "e": ["u", "v"], "f": null}}
                {"id": "2", "text": "y", "metadata": {}}
                """);
        assertThat(documents.get(0).metadata().plain())
                .isEqualTo(Map.of("a", "t", "b", 7L, "c", 7.5, "d", true, "e", List.of("u", "v")));
        assertThat(documents.get(0).metadata().values().values())
                .flatExtracting(MetadataValue::words)
                .containsExactly("t", "7", "7.5", "true", "u", "v");
        assertThat(documents.get(1).metadata()).isEqualTo(Metadata.NONE);
    }

    @Test
    void metadata_that_are_not_flat_or_not_bounded_are_refused_with_their_line() {
        for (String wrong : List.of(
                "{\"a\": {}}",
                "{\"a\": [1]}",
                "{\"a\": [null]}",
                "{\"a b\": 1}",
                "{\"\": 1}",
                "{\"a\": 9007199254740993}",
                "{\"a\": 1e999}",
                "{\"a\": \"" + "x".repeat(9000) + "\"}",
                "[]",
                "7")) {
            assertThatThrownBy(() -> read("{\"id\": \"1\", \"text\": \"x\", \"metadata\": " + wrong + "}"))
                    .as(wrong)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("docs.jsonl:1");
        }
    }
}
