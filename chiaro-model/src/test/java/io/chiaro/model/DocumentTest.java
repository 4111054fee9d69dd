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
}
