package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of texts that say again what an earlier one said are left out. */
class DataReduceTest {

    private static final List<String> LINES = List.of(
            "{\"anchor\": \"A cat sleeps\", \"positive\": \"The cat is asleep\", \"source\": 1}",
            "{\"anchor\": \"a  cat sleeps \", \"positive\": \"the cat is asleep\", \"source\": 2}",
            "{\"anchor\": \"A cat sleeps\", \"positive\": \"It snores\", \"source\": 3}",
            "{\"anchor\": \"Stocks fell sharply\", \"positive\": \"Markets went down\", \"source\": 4}",
            "{\"anchor\": \"Stocks fell sharply!\", \"positive\": \"Markets went down.\", \"source\": 5}");

    @TempDir
    Path folder;

    private Path pairs;

    @BeforeEach
    void write() throws IOException {
        pairs = Files.write(folder.resolve("pairs.jsonl"), LINES);
    }

    private JsonObject reduced(String... more) {
        String[] arguments = new String[more.length + 5];
        List<String> first = List.of("data", "reduce", pairs.toString(), "--json", "-");
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i < 5 ? first.get(i) : more[i - 5];
        }
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.errors()).contains("items stay");
        return Json.parse("reduce", run.output());
    }

    @Test
    void equal_texts_are_kept_once_with_all_their_columns() throws IOException {
        Path fewer = folder.resolve("fewer.jsonl");
        JsonObject found = reduced("--out", fewer.toString());
        assertThat(found.string("by")).isEqualTo("equal-texts");
        assertThat(found.integer("kept")).isEqualTo(4);
        JsonObject drop = found.objects("drops").get(0);
        assertThat(drop.integer("item")).isEqualTo(2);
        assertThat(drop.integer("like")).isEqualTo(1);
        assertThat(Files.readAllLines(fewer))
                .hasSize(4)
                .satisfies(lines -> assertThat(Json.parse("line", lines.get(1)).toMap())
                        .isEqualTo(Json.parse("line", LINES.get(2)).toMap()));
    }

    @Test
    void near_texts_are_found_by_a_model_and_all_of_a_record_must_be_near() {
        JsonObject found = reduced("--by", "embedding", "--model", "all-MiniLM-L6-v2", "--threshold", "0.9");
        assertThat(found.objects("drops"))
                .extracting(drop -> drop.integer("item"))
                .containsExactly(2, 5);
        assertThat(found.objects("drops").get(1).number("measure")).isBetween(0.9, 1.0);
    }

    @Test
    void near_copies_are_found_by_their_wording_and_no_model() throws IOException {
        Path copies = Files.write(
                folder.resolve("copies.jsonl"),
                List.of(
                        "{\"anchor\": \"The committee met on Tuesday to discuss the plans for the new harbour and its bridge.\"}",
                        "{\"anchor\": \"A lark sings in the morning over the wide fields near the old mill by the river.\"}",
                        "{\"anchor\": \"The committee met on Tuesday to discuss the plans for the new harbour and its bridges\"}"));
        CommandRun run = CommandRun.of("data", "reduce", copies.toString(), "--by", "min-hash", "--json", "-");
        assertThat(run.exitCode()).as(run.errors()).isZero();
        JsonObject found = Json.parse("reduce", run.output());
        assertThat(found.objects("drops")).hasSize(1);
        assertThat(found.objects("drops").get(0).integer("item")).isEqualTo(3);
        assertThat(found.objects("drops").get(0).number("measure")).isBetween(0.8, 0.999);
    }

    @Test
    void what_has_no_effect_or_is_missing_is_said() {
        refused("--model", "no effect", "--model", "x");
        refused("--threshold", "no effect", "--threshold", "0.5");
        refused("--model", "Give --model", "--by", "embedding");
        refused("--split", "no effect", "--split", "val");
        refused("--by", "equal-texts", "--by", "average-hash");
        refused("--out", "another file", "--out", pairs.toString());
        refused("--out", ".jsonl", "--out", folder.resolve("fewer.csv").toString());
    }

    private void refused(String option, String part, String... more) {
        String[] arguments = new String[more.length + 3];
        List<String> first = List.of("data", "reduce", pairs.toString());
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i < 3 ? first.get(i) : more[i - 3];
        }
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(option).isEqualTo(2);
        assertThat(run.errors()).contains(option, part);
    }
}
