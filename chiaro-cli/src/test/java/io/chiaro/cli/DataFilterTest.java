package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs that teach nothing are left out, and the table says why. */
class DataFilterTest {

    private static final List<String> LINES = List.of(
            "{\"anchor\": \"A cat sleeps on the sofa\", \"positive\": \"The cat is asleep\", \"source\": 1}",
            "{\"anchor\": \"Stocks fell sharply\", \"positive\": \"Markets went down\", \"source\": 2}",
            "{\"anchor\": \"A cat sleeps\", \"positive\": \"\", \"source\": 3}",
            "{\"anchor\": \"It rains in the mountains\", \"positive\": \"it rains  in the mountains\", \"source\": 4}",
            "{\"anchor\": \"The train to Bern is late\", \"positive\": \"1920x1080\", \"source\": 5}",
            "{\"anchor\": \"He bakes bread every morning\", \"positive\": \"A violin concerto by Brahms\", \"source\": 6}",
            "{\"anchor\": \"The bridge was closed\", \"positive\": \"Nobody could cross the bridge\", \"source\": 7}",
            "{\"anchor\": \"She plays the piano\", \"positive\": \"A woman makes music on a piano\", \"source\": 8}");

    @TempDir
    Path folder;

    private Path pairs;

    @BeforeEach
    void write() throws IOException {
        pairs = Files.write(folder.resolve("pairs.jsonl"), LINES);
    }

    private CommandRun run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("data", "filter", pairs.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private JsonObject filtered(String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--json", "-"));
        CommandRun run = run(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.errors()).contains("pairs stay");
        return Json.parse("filter", run.output());
    }

    /** The pairs that each rule dropped as the first, without the rules that dropped none. */
    private static Map<String, Long> dropped(JsonObject found) {
        Map<String, Long> dropped = new LinkedHashMap<>();
        for (JsonObject rule : found.objects("rules")) {
            if (rule.longInteger("dropped") > 0) {
                dropped.put(rule.string("rule"), rule.longInteger("dropped"));
            }
        }
        return dropped;
    }

    private List<Long> sources(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> Json.parse("line", line).longInteger("source"))
                .toList();
    }

    @Test
    void what_stays_keeps_its_order_and_columns_and_what_goes_is_told_with_its_rule() throws IOException {
        Path better = folder.resolve("better.jsonl");
        Path why = folder.resolve("why.jsonl");
        JsonObject found = filtered("--out", better.toString(), "--dropped", why.toString());
        assertThat(found.integer("pairs")).isEqualTo(8);
        assertThat(found.integer("kept")).isEqualTo(5);
        assertThat(dropped(found)).isEqualTo(Map.of("empty-text", 1L, "few-letters", 1L, "copied-text", 1L));
        assertThat(found.objects("rules").get(1).longInteger("alone")).isEqualTo(1);
        assertThat(sources(better)).containsExactly(1L, 2L, 6L, 7L, 8L);
        assertThat(Files.readAllLines(why))
                .extracting(line -> Json.parse("line", line).longInteger("line") + " "
                        + Json.parse("line", line).string("rule"))
                .containsExactly("3 empty-text", "4 copied-text", "5 few-letters");
    }

    @Test
    void the_table_says_for_each_rule_what_it_dropped_and_where_it_began() {
        CommandRun run = run("--max-shared", "3");
        assertThat(run.output())
                .contains("5 of 8 pairs stay, 3 dropped")
                .containsPattern(" 1 +1 +3  have an empty text")
                .containsPattern(" 1 +1 +4  have a positive equal to the anchor")
                .containsPattern(" 0 +0 +have the anchor of more than 3 pairs");
    }

    @Test
    void every_bound_can_be_told_or_left_out() {
        assertThat(dropped(filtered("--captions")))
                .isEqualTo(Map.of("empty-text", 1L, "too-few-words", 1L, "copied-text", 1L));
        assertThat(dropped(filtered("--min-letters", "0", "--copies", "keep"))).isEqualTo(Map.of("empty-text", 1L));
        assertThat(dropped(filtered("--max-words", "5", "--min-letters", "0")))
                .isEqualTo(Map.of("empty-text", 1L, "too-many-words", 3L, "copied-text", 1L));
        assertThat(dropped(filtered("--min-word-texts", "2", "--copies", "keep", "--min-letters", "0")))
                .isEqualTo(Map.of("empty-text", 1L, "rare-word", 6L));
    }

    @Test
    void a_model_drops_the_pair_that_does_not_belong_together_and_says_how_far_apart_it_is() throws IOException {
        Path better = folder.resolve("better.jsonl");
        Path why = folder.resolve("why.jsonl");
        String[] asked = {
            "--model", "all-MiniLM-L6-v2", "--consistency", "1", "--out", better.toString(), "--dropped", why.toString()
        };
        JsonObject found = filtered(asked);
        assertThat(dropped(found)).containsEntry("inconsistent", 1L);
        assertThat(found.integer("measured")).isEqualTo(5);
        assertThat(found.integer("pool")).isEqualTo(5);
        assertThat(found.number("mean-cosine-kept")).isGreaterThan(found.number("mean-cosine-dropped") + 0.2);
        assertThat(sources(better)).containsExactly(1L, 2L, 7L, 8L);
        JsonObject last = Json.parse("line", Files.readAllLines(why).get(3));
        assertThat(last.longInteger("line")).isEqualTo(6);
        assertThat(last.integer("rank")).isGreaterThan(1);
        assertThat(last.number("cosine")).isLessThan(0.3);

        assertThat(dropped(filtered("--model", "all-MiniLM-L6-v2", "--min-similarity", "0.3")))
                .containsEntry("low-similarity", 1L);
        assertThat(dropped(filtered("--model", "all-MiniLM-L6-v2", "--keep-share", "0.6")))
                .containsEntry("outside-best-share", 2L);
    }

    @Test
    void bad_rows_stop_or_are_counted_beside_the_rules() throws IOException {
        List<String> lines = new ArrayList<>(LINES);
        lines.add(2, "{\"anchor\": 7, \"positive\": \"x\"}");
        Files.write(pairs, lines);
        CommandRun run = run();
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.errors()).contains("line 3", "--skip-bad");
        JsonObject found = filtered("--skip-bad");
        assertThat(found.integer("pairs")).isEqualTo(8);
        assertThat(found.object("skipped").longInteger("wrong type")).isEqualTo(1);
    }

    @Test
    void what_has_no_effect_is_missing_or_out_of_bounds_is_said() {
        refused(2, "--model", "no effect", "--model", "all-MiniLM-L6-v2");
        refused(2, "--consistency", "Give --model", "--consistency", "2");
        refused(2, "--pool", "no effect", "--pool", "20");
        refused(2, "--keep-share", "above 0", "--keep-share", "0", "--model", "all-MiniLM-L6-v2");
        refused(2, "--min-similarity", "cosine", "--min-similarity", "2", "--model", "all-MiniLM-L6-v2");
        refused(2, "--copies", "contained", "--copies", "contain");
        refused(2, "--min-words", "at least 0", "--min-words", "-1");
        refused(2, "--min-letters", "0 to 1", "--min-letters", "2");
        refused(2, "--out", "another file", "--out", pairs.toString());
        refused(2, "--out", ".jsonl", "--out", folder.resolve("x.tsv").toString());
        refused(2, "--max-word", "--max-words", "--max-word", "3");
        refused(3, "pairs.jsonl", "all 8 are dropped", "--min-words", "50");
        String same = folder.resolve("same.jsonl").toString();
        refused(2, "--dropped", "than --out", "--out", same, "--dropped", same);
        assertThat(folder.resolve("same.jsonl")).doesNotExist();
    }

    private void refused(int exitCode, String option, String part, String... more) {
        CommandRun run = run(more);
        assertThat(run.exitCode()).as(option).isEqualTo(exitCode);
        assertThat(run.errors()).contains(option, part);
    }
}
