package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jerolba.carpet.CarpetWriter;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.LocalOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleReaderTest {

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<Example> examples(ExampleReader reader) {
        List<Example> examples = new ArrayList<>();
        for (Example example = reader.next(); example != null; example = reader.next()) {
            examples.add(example);
        }
        return examples;
    }

    @Test
    void finds_values_by_role_whatever_the_order_of_the_columns() throws IOException {
        Path file = file("a.csv", "s,b,id,a\n0.5,second,7,first\n1e-3,b,8,a\n");
        try (ExampleReader reader =
                ExampleReader.open(file, Roles.parse("anchor=a,positive=b,score=s"), BadRows.STOP)) {
            assertThat(reader.shape()).isEqualTo(ExampleShape.SCORED_PAIRS);
            assertThat(examples(reader))
                    .containsExactly(
                            new Example(2, List.of("first", "second"), List.of(0.5), null),
                            new Example(3, List.of("a", "b"), List.of(0.001), null));
        }
    }

    @Test
    void takes_negatives_and_scores_from_lists() throws IOException {
        Path file = file("a.jsonl", """
                {"anchor": "a", "positive": "p", "negative": ["n", "m"], "score": [1, 0.5, 0]}
                {"anchor": "a", "positive": "p", "negative": ["n"], "score": [1, 0.5, 0]}
                """);
        Roles roles = Roles.parse("anchor=anchor,positive=positive,negative=negative,score=score");
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.STOP)) {
            assertThat(reader.shape()).hasToString("pairs with 2 negatives and 3 scores");
            assertThat(reader.next())
                    .isEqualTo(new Example(1, List.of("a", "p", "n", "m"), List.of(1.0, 0.5, 0.0), null));
            assertThatThrownBy(reader::next)
                    .hasMessageContaining(
                            "line 2, column \"negative\": expected 2 values as in the first row, but found 1");
        }
    }

    @Test
    void a_list_of_positives_makes_an_example_of_each() throws IOException {
        Path file = file("a.jsonl", """
                {"query": "q", "pos": ["p", "o"], "neg": ["n", "m"]}
                {"query": "r", "pos": "s", "neg": ["n", "k"]}
                {"query": "t", "pos": [], "neg": ["n", "k"]}
                """);
        Roles roles = Roles.parse("anchor=query,positive=pos,negative=neg");
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.SKIP)) {
            assertThat(reader.shape()).hasToString("pairs with 2 negatives");
            assertThat(examples(reader))
                    .containsExactly(
                            new Example(1, List.of("q", "p", "n", "m"), List.of(), null),
                            new Example(1, List.of("q", "o", "n", "m"), List.of(), null),
                            new Example(2, List.of("r", "s", "n", "k"), List.of(), null));
            assertThat(reader.listed()).isEqualTo(1);
            assertThat(reader.skipped().total()).isEqualTo(1);
        }
        Path scored = file("scored.jsonl", "{\"a\": \"q\", \"p\": [\"p\", \"o\"], \"s\": 1}\n");
        assertThatThrownBy(() -> ExampleReader.open(scored, Roles.parse("anchor=a,positive=p,score=s"), BadRows.STOP))
                .hasMessageContaining(
                        "expected one text, since the row's score or label is of one, but found 2 of them");
    }

    private void expect(String row, String message) throws IOException {
        Path file = file("bad.jsonl", "{\"anchor\": \"a\", \"positive\": \"b\", \"score\": 1}\n" + row + "\n");
        Roles roles = Roles.parse("anchor=anchor,positive=positive,score=score");
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.STOP)) {
            assertThat(reader.next()).isNotNull();
            assertThatThrownBy(reader::next)
                    .isInstanceOfSatisfying(
                            ChiaroException.class,
                            error -> assertThat(error.kind()).isEqualTo(ChiaroException.Kind.DATA))
                    .hasMessageContaining(file.toAbsolutePath() + ", line 2")
                    .hasMessageContaining(message);
        }
    }

    @Test
    void every_kind_of_bad_row_ends_in_one_sentence_with_file_line_and_reason() throws IOException {
        expect(
                "{\"anchor\": \"a\", \"positive\": \"b\", \"score\": NaN}",
                "expected a finite number, but found \"NaN\"");
        expect("{\"anchor\": \"a\", \"positive\": \"b\", \"score\": \"0,5\"}", "found \"0,5\"");
        expect("{\"anchor\": \"a\", \"positive\": \"b\", \"score\": \"1d\"}", "found \"1d\"");
        expect("{\"anchor\": \"a\", \"positive\": \"b\", \"score\": 1e999}", "expected a finite number");
        expect("{\"anchor\": \" \", \"positive\": \"b\", \"score\": 1}", "expected a text, but found an empty one");
        expect("{\"anchor\": 5, \"positive\": \"b\", \"score\": 1}", "expected a text, but found \"5\"");
        expect(
                "{\"anchor\": \"a\", \"positive\": null, \"score\": 1}",
                "column \"positive\": expected a value, but found none");
        expect("{\"anchor\": \"a\", \"positive\": \"\\ud800\", \"score\": 1}", "half a surrogate pair");
        expect("{\"anchor\": \"a\", ", "expected a JSON object");
    }

    @Test
    void skipped_rows_are_counted_by_reason() throws IOException {
        Path file = file("a.csv", "text,label\ngood,x\n ,x\nwide,x,y\n,z\nalso good,y\nnone,\n");
        try (ExampleReader reader =
                ExampleReader.open(file, Roles.defaults(file, List.of("text", "label")), BadRows.SKIP)) {
            assertThat(examples(reader)).extracting(Example::label).containsExactly("x", "y");
            assertThat(reader.skipped().counts())
                    .isEqualTo(Map.of("empty text", 2L, "broken row", 1L, "missing value", 1L));
            assertThat(reader.skipped()).hasToString("4 rows skipped: 1 broken row, 2 empty text, 1 missing value");
            assertThat(reader.skipped().examples())
                    .hasSize(4)
                    .first()
                    .asString()
                    .contains("line 3");
        }
    }

    @Test
    void a_file_without_a_usable_row_is_an_error_even_when_skipping() throws IOException {
        Path file = file("a.csv", "text\n \n");
        assertThatThrownBy(() -> ExampleReader.open(file, Roles.parse("anchor=text"), BadRows.SKIP))
                .hasMessageContaining("expected at least one usable row")
                .hasMessageContaining("1 empty text");
    }

    @Test
    void a_text_of_a_hundred_thousand_characters_is_read() throws IOException {
        String text = "word ".repeat(20_000).strip();
        Path file = file("a.csv", "text\n" + text + "\n");
        try (ExampleReader reader = ExampleReader.open(file, Roles.parse("anchor=text"), BadRows.STOP)) {
            assertThat(examples(reader))
                    .extracting(example -> example.texts().get(0))
                    .containsExactly(text);
        }
    }

    /** A row as other tools write it: flat columns, a list of texts, numbers of every width. */
    record Flat(int id, String anchor, String positive, List<String> negative, List<Float> score) {}

    @Test
    void reads_parquet_with_lists_of_negatives_and_scores() throws IOException {
        Path file = folder.resolve("a.parquet");
        try (CarpetWriter<Flat> writer = new CarpetWriter<>(new LocalOutputFile(file), Flat.class)) {
            writer.accept(new Flat(1, "a", "p", List.of("n", "m"), List.of(1f, 0.5f, 0f)));
            writer.accept(new Flat(2, "a", " ", List.of("n", "m"), List.of(1f, 0.5f, 0f)));
            writer.accept(new Flat(3, "b", "q", List.of("k", "l"), List.of(1f, Float.NaN, 0f)));
        }
        try (RecordReader reader = RecordReader.open(file)) {
            assertThat(reader.columns()).containsExactly("id", "anchor", "positive", "negative", "score");
        }
        Roles roles = Roles.defaults(file, List.of("anchor", "positive", "negative", "score"));
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.SKIP)) {
            assertThat(examples(reader))
                    .containsExactly(new Example(1, List.of("a", "p", "n", "m"), List.of(1.0, 0.5, 0.0), null));
            assertThat(reader.skipped().counts()).isEqualTo(Map.of("empty text", 1L, "bad score", 1L));
            assertThat(reader.skipped().examples().get(0)).contains("a.parquet, line 2, column \"positive\"");
        }
    }
}
