package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.RowProblem.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordReaderTest {

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<Row> rows(Path file) {
        List<Row> rows = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(file)) {
            for (Row row = reader.next(); row != null; row = reader.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static RowProblem problem(Row row) {
        return Objects.requireNonNull(row.problem(), "a problem was expected");
    }

    @Test
    void reads_json_lines_with_texts_numbers_lists_and_nested_values() throws IOException {
        Path file = file(
                "a.jsonl",
                "\uFEFF{\"anchor\": \"one\", \"score\": 0.5, \"n\": 3, \"ok\": true, \"deep\": {\"x\": [1]}, \"none\": null}\r\n"
                        + "\n"
                        + "{\"anchor\": \"two\", \"negative\": [\"x\", \"y\"]}");

        List<Row> rows = rows(file);

        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).line()).isEqualTo(1);
        assertThat(rows.get(0).values())
                .isEqualTo(Map.of("anchor", "one", "score", 0.5, "n", 3L, "ok", true, "deep", Row.Nested.VALUE));
        assertThat(rows.get(1).line()).isEqualTo(3);
        assertThat(rows.get(1).value("negative")).isEqualTo(List.of("x", "y"));
        try (RecordReader reader = RecordReader.open(file)) {
            assertThat(reader.columns()).containsExactly("anchor", "score", "n", "ok", "deep", "negative");
        }
    }

    @Test
    void a_broken_json_line_names_line_and_column_and_the_next_line_is_read() throws IOException {
        List<Row> rows = rows(file("a.jsonl", """
                {"anchor": "one"}
                {"anchor": "tw
                [1]
                {"anchor": "a", "anchor": "b"}
                {"anchor": "x"} {"anchor": "y"}
                {"anchor": "three"}
                """));

        assertThat(rows).hasSize(6);
        assertThat(problem(rows.get(1)).reason()).isEqualTo(Reason.BROKEN_ROW);
        assertThat(problem(rows.get(1)).message())
                .contains("a.jsonl, line 2, column 1")
                .contains("expected a JSON object");
        assertThat(problem(rows.get(2)).message()).contains("line 3");
        assertThat(problem(rows.get(3)).message()).contains("line 4").contains("Duplicate field 'anchor'");
        assertThat(problem(rows.get(4)).message()).contains("line 5").contains("more behind it");
        assertThat(rows.get(5).value("anchor")).isEqualTo("three");
    }

    @Test
    void a_byte_that_is_not_utf_8_spoils_its_own_row_only() throws IOException {
        byte[] json = "{\"a\": \"caf\u00e9\"}\n{\"a\": \"\uFFFD ok\"}\n".getBytes(StandardCharsets.UTF_8);
        byte[] latin = "{\"a\": \"caf\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1);
        Path lines = folder.resolve("a.jsonl");
        Files.write(lines, join(latin, json));
        Path csv = folder.resolve("a.csv");
        Files.write(
                csv,
                join(
                        "a,b\n".getBytes(StandardCharsets.UTF_8),
                        "x,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1),
                        "\"caf\u00e9 \uD83D\uDE00\",\uFFFD\n".getBytes(StandardCharsets.UTF_8)));

        List<Row> fromLines = rows(lines);
        List<Row> fromCsv = rows(csv);

        assertThat(problem(fromLines.get(0)).reason()).isEqualTo(Reason.NOT_UTF8);
        assertThat(problem(fromLines.get(0)).message())
                .contains("line 1, byte 11: expected UTF-8, but found the byte 0xE9");
        assertThat(fromLines.get(1).value("a")).isEqualTo("caf\u00e9");
        assertThat(fromLines.get(2).value("a")).isEqualTo("\uFFFD ok");
        assertThat(problem(fromCsv.get(0)).message())
                .contains("line 2, field 2, character 4")
                .contains("0xE9");
        assertThat(fromCsv.get(1).values()).isEqualTo(Map.of("a", "caf\u00e9 \uD83D\uDE00", "b", "\uFFFD"));
    }

    private static byte[] join(byte[]... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.write(part);
        }
        return out.toByteArray();
    }

    @Test
    void reads_csv_with_quotes_line_ends_and_blank_lines() throws IOException {
        List<Row> rows =
                rows(file("a.csv", "\uFEFFanchor,positive\r\n\"a, \"\"b\"\"\",\"two\nlines\"\r\n\r\nlast,row"));

        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).values()).isEqualTo(Map.of("anchor", "a, \"b\"", "positive", "two\nlines"));
        assertThat(rows.get(1).line()).isEqualTo(5);
    }

    @Test
    void a_csv_row_of_another_width_is_broken_and_an_open_quote_ends_the_reading() throws IOException {
        List<Row> rows = rows(file("a.csv", "anchor,positive\nonly one\na,b\nx,y,z\n"));

        assertThat(problem(rows.get(0)).message()).contains("line 2: expected 2 fields as in the header, but found 1");
        assertThat(rows.get(1).value("positive")).isEqualTo("b");
        assertThat(problem(rows.get(2)).message()).contains("found 3");
        Path open = file("b.csv", "anchor,positive\na,b\nc,\"never closed\nd,e\n");
        assertThatThrownBy(() -> rows(open))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("b.csv")
                .hasMessageContaining("after line 2")
                .hasMessageContaining("Mend the quotes");
    }

    @Test
    void reads_tabs_without_quoting_and_bare_texts() throws IOException {
        assertThat(rows(file("a.tsv", "anchor\tscore\n\"5 inch\" pipe\t1\n\n")))
                .extracting(Row::values)
                .containsExactly(Map.of("anchor", "\"5 inch\" pipe", "score", "1"));
        assertThat(rows(file("a.txt", "one\n\ntwo")))
                .extracting(row -> row.value("text"))
                .containsExactly("one", "", "two");
    }

    @Test
    void unpacks_gzip_and_says_when_it_is_cut_off() throws IOException {
        Path packed = folder.resolve("a.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            for (int i = -1; i < 5000; i++) {
                out.write((i < 0 ? "anchor\n" : "text number " + i * 7919 % 10007 + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(rows(packed)).hasSize(5000);
        byte[] bytes = Files.readAllBytes(packed);
        Path cut = Files.write(folder.resolve("cut.tsv.gz"), java.util.Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> rows(cut))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("cut.tsv.gz")
                .hasMessageContaining("the gzip stream is broken or cut off");
    }

    @Test
    void refuses_absent_files_unknown_formats_and_bad_headers() throws IOException {
        assertThatThrownBy(() -> RecordReader.open(folder.resolve("none.jsonl")))
                .hasMessageContaining("there is none");
        assertThatThrownBy(() -> RecordReader.open(file("a.xlsx", "")))
                .hasMessageContaining(".jsonl, .csv, .tsv, .txt");
        assertThatThrownBy(() -> RecordReader.open(file("a.csv", ""))).hasMessageContaining("the file is empty");
        assertThatThrownBy(() -> RecordReader.open(file("b.csv", "a,a\n"))).hasMessageContaining("\"a\" twice");
    }

    @Test
    void reads_parquet_and_writes_embeddings() {
        Path file = folder.resolve("e.parquet");
        ParquetFiles.write(
                file,
                List.of(
                                new ParquetFiles.TextEmbedding("one", List.of(0.5f, -1f)),
                                new ParquetFiles.TextEmbedding("zw\u00f6lf", List.of(0.25f, 2f)))
                        .iterator());

        List<Row> rows = rows(file);

        assertThat(rows)
                .extracting(Row::values)
                .containsExactly(
                        Map.of("text", "one", "embedding", List.of(0.5, -1.0)),
                        Map.of("text", "zw\u00f6lf", "embedding", List.of(0.25, 2.0)));
        assertThat(rows.get(1).line()).isEqualTo(2);
        assertThat(folder).isDirectoryContaining("glob:**e.parquet").isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void parquet_that_cannot_be_written_is_one_sentence_and_leaves_what_was_there() throws IOException {
        Path file = file("e.parquet", "old");
        Iterator<ParquetFiles.TextEmbedding> rows = new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw new IllegalStateException("cannot close", new IOException("No space left on device"));
            }

            @Override
            public ParquetFiles.TextEmbedding next() {
                throw new NoSuchElementException();
            }
        };

        assertThatThrownBy(() -> ParquetFiles.write(file, rows))
                .isInstanceOfSatisfying(
                        ChiaroException.class,
                        error -> assertThat(error.kind()).isEqualTo(ChiaroException.Kind.RESOURCES))
                .hasMessageContaining("the disk is full");

        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void says_which_library_parquet_needs() throws IOException {
        Path file = file("broken.parquet", "not parquet");
        assertThatThrownBy(() -> ParquetFiles.require(file, "no.such.Library"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("com.jerolba:carpet-record");
        assertThatThrownBy(() -> RecordReader.open(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("broken.parquet");
    }

    @Test
    void a_table_without_a_header_is_read_by_position_with_its_first_line() throws IOException {
        Path csv = file("a.csv", "\uFEFFone,\"two, three\",4.5\nfour,five,1\nsix,seven\n");
        Path tsv = file("a.tsv", "one\ttwo\t4.5\n\nfour\tfive\t1\n");
        Path packed = folder.resolve("b.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("one\ttwo\n".getBytes(StandardCharsets.UTF_8));
        }

        List<Row> fromCsv = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(csv, true)) {
            assertThat(reader.columns()).containsExactly("#1", "#2", "#3");
            for (Row row = reader.next(); row != null; row = reader.next()) {
                fromCsv.add(row);
            }
        }

        assertThat(fromCsv).hasSize(3);
        assertThat(fromCsv.get(0).line()).isEqualTo(1);
        assertThat(fromCsv.get(0).values()).isEqualTo(Map.of("#1", "one", "#2", "two, three", "#3", "4.5"));
        assertThat(fromCsv.get(1).value("#1")).isEqualTo("four");
        assertThat(problem(fromCsv.get(2)).message())
                .contains("a.csv, line 3: expected 3 fields as in the first line, but found 2");
        try (RecordReader reader = RecordReader.open(tsv, true)) {
            assertThat(reader.columns()).containsExactly("#1", "#2", "#3");
            assertThat(Objects.requireNonNull(reader.next()).values())
                    .isEqualTo(Map.of("#1", "one", "#2", "two", "#3", "4.5"));
            assertThat(Objects.requireNonNull(reader.next()).line()).isEqualTo(3);
            assertThat(reader.next()).isNull();
        }
        try (RecordReader reader = RecordReader.open(packed, true)) {
            assertThat(Objects.requireNonNull(reader.next()).value("#2")).isEqualTo("two");
        }
        try (RecordReader reader = RecordReader.open(file("a.txt", "left\tright\t0\n"), true)) {
            assertThat(Objects.requireNonNull(reader.next()).values())
                    .isEqualTo(Map.of("#1", "left", "#2", "right", "#3", "0"));
        }
        assertThatThrownBy(() -> RecordReader.open(file("empty.csv", ""), true))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected rows, but the file is empty");
    }

    @Test
    void a_first_line_that_is_no_header_is_answered_with_columns_by_position() throws IOException {
        assertThatThrownBy(() -> RecordReader.open(file("a.csv", "same,same\nx,y\n")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("\"same\" twice")
                .hasMessageEndingWith("--roles anchor=#1,positive=#2.");
    }
}
