package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {

    @TempDir
    private Path folder;

    /** Another valid value for every key of the schema; a new key without one fails the test below. */
    private static Map<String, Object> others() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("data", List.of(Map.of("path", "pairs.jsonl", "roles", Map.of("anchor", "q"), "weight", 2.5)));
        values.put("base", "bge-small-en-v1.5");
        values.put("recipe", "mnrl");
        values.put("set", Map.of("temperature", "0.02"));
        values.put("out", "out/x");
        values.put("epochs", 3);
        values.put("steps", 1000);
        values.put("batch", 512);
        values.put("accumulate", 2);
        values.put("chunk-tokens", 2048);
        values.put("checkpoint-steps", 7);
        values.put("eval", List.of(Map.of("task", "sts", "path", "dev.tsv")));
        values.put("seed", 7);
        values.put("threads", 2);
        values.put("learning-rate", 1e-4);
        values.put("optimizer", "lazy-adamw");
        values.put("schedule", "cosine(warmup=20)");
        values.put("weight-decay", 0.1);
        values.put("clip", 0.5);
        values.put("best-metric", "ndcg@10");
        values.put("patience", 4);
        return values;
    }

    @Test
    void every_key_is_read_and_changes_its_own_component_only() {
        assertThat(others()).hasSize(RunFile.class.getRecordComponents().length - 1);
        RunFile start = RunFile.defaults().with("test", Map.of("best-metric", "mrr@10"));
        others().forEach((key, value) -> {
            RunFile changed = start.with("test", Map.of(key, value));
            Map<String, Object> before = Json.parse("test", Json.text(start)).toMap();
            Map<String, Object> after = Json.parse("test", Json.text(changed)).toMap();
            assertThat(after.get(key)).as(key).isNotEqualTo(before.get(key));
            before.keySet().removeAll(List.of(key, "epochs", "steps"));
            after.keySet().removeAll(List.of(key, "epochs", "steps"));
            assertThat(after).as(key).isEqualTo(before);
        });
    }

    @Test
    void what_is_written_is_read_as_the_same_run() {
        Map<String, Object> values = others();
        values.remove("epochs");
        RunFile run = RunFile.defaults().with("test", values);
        Path file = folder.resolve("run.json");

        run.write(file);

        assertThat(RunFile.load(file)).isEqualTo(run);
        assertThat(run.data().get(0).roles()).containsEntry("anchor", "q");
        assertThat(run.learningRateSchedule()).isEqualTo(Schedule.parse("test", "cosine(warmup=20)"));
    }

    @Test
    void what_a_file_leaves_out_has_its_default() throws Exception {
        RunFile run = load("{\"version\": 1, \"data\": [{\"path\": \"a.jsonl\"}], \"set\": {\"temperature\": 0.05}}");

        assertThat(run.batch()).isEqualTo(128);
        assertThat(run.seed()).isEqualTo(42);
        assertThat(run.data()).containsExactly(new RunFile.Source("a.jsonl", Map.of(), 1));
        assertThat(run.set()).containsExactly(Map.entry("temperature", "0.05"));
        assertThat(run.epochs()).contains(1);
    }

    @Test
    void a_source_may_have_a_task_with_a_recipe_of_its_own() throws Exception {
        RunFile run = load("{\"version\": 1, \"data\": [{\"path\": \"sts.tsv\", \"task\": {\"name\": \"similarity\", "
                + "\"recipe\": \"pearson\", \"batch\": 8}}, {\"path\": \"a.jsonl\", \"weight\": 2, \"task\": "
                + "{\"name\": \"retrieval\", \"set\": {\"temperature\": 0.02}}}]}");

        assertThat(run.data())
                .containsExactly(
                        new RunFile.Source(
                                "sts.tsv",
                                Map.of(),
                                1,
                                Optional.of(new RunFile.Task(
                                        "similarity", Optional.of("pearson"), Map.of(), Optional.of(8)))),
                        new RunFile.Source(
                                "a.jsonl",
                                Map.of(),
                                2,
                                Optional.of(new RunFile.Task(
                                        "retrieval",
                                        Optional.empty(),
                                        Map.of("temperature", "0.02"),
                                        Optional.empty()))));
        Path file = folder.resolve("run.json");
        run.write(file);
        assertThat(RunFile.load(file)).isEqualTo(run);
        assertThatThrownBy(() -> load("{\"version\": 1, \"data\": [{\"path\": \"a\", \"task\": {\"name\": \"A b\"}}]}"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("lower-case letters");
    }

    @Test
    void flags_override_the_file_and_steps_take_the_place_of_epochs() throws Exception {
        RunFile run = load("{\"version\": 1, \"epochs\": 2, \"batch\": 32, \"set\": {\"a\": \"1\", \"b\": \"2\"}}");

        RunFile over = run.with("command line", Map.of("steps", 50, "set", Map.of("b", "3")));

        assertThat(over.epochs()).isEmpty();
        assertThat(over.steps()).contains(50L);
        assertThat(over.batch()).isEqualTo(32);
        assertThat(over.set()).containsExactlyInAnyOrderEntriesOf(Map.of("a", "1", "b", "3"));
        assertThat(over.out()).isEqualTo(Optional.empty());
    }

    @Test
    void mistakes_end_in_one_sentence_with_file_key_and_nearest_name() {
        assertThatThrownBy(() -> load("{\"version\": 1, \"learning-rat\": 1}"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageStartingWith(folder.resolve("run.json") + ": ")
                .hasMessageContaining("\"learning-rat\"")
                .hasMessageContaining("Did you mean \"learning-rate\"?");
        assertThatThrownBy(() -> load("{\"version\": 1, \"data\": [{\"path\": \"a\", \"wieght\": 1}]}"))
                .hasMessageContaining("Did you mean \"weight\"?");
        assertThatThrownBy(() -> load("{\"batch\": 1}")).hasMessageContaining("expected \"version\": 1");
        assertThatThrownBy(() -> load("{\"version\": 2, \"bach\": 1}"))
                .hasMessageContaining("expected \"version\": 1, but found 2");
        assertThatThrownBy(() -> load("{\"version\": 1, \"epochs\": 1, \"steps\": 5}"))
                .hasMessageContaining("expected either epochs or steps, but found both");
        assertThatThrownBy(() -> load("{\"version\": 1, \"batch\": 0}"))
                .hasMessageContaining("expected batch of at least 1, but found 0");
        assertThatThrownBy(() -> load("{\"version\": 1, \"batch\": \"many\"}")).hasMessageContaining("batch");
        assertThatThrownBy(() -> load("{\"version\": 1, \"patience\": 2}"))
                .hasMessageContaining("expected best-metric beside patience");
        assertThatThrownBy(() -> load("{\"version\": 1, \"schedule\": \"cosin\"}"))
                .hasMessageContaining("Did you mean \"cosine\"?");
        assertThatThrownBy(() -> load("{\"version\": 1, \"learning-rate\": \"NaN\"}"))
                .hasMessageContaining("expected a positive learning-rate, but found NaN");
        assertThatThrownBy(() -> RunFile.defaults().complete("fit")).hasMessageContaining("--data FILE");
    }

    @Test
    void errors_are_of_kind_usage() {
        assertThatThrownBy(() -> load("{\"version\": 1, \"x\": 1}"))
                .isInstanceOfSatisfying(
                        ChiaroException.class, error -> assertThat(error.kind()).isEqualTo(ChiaroException.Kind.USAGE));
    }

    private RunFile load(String text) throws Exception {
        Path file = folder.resolve("run.json");
        Files.writeString(file, text);
        return RunFile.load(file);
    }
}
