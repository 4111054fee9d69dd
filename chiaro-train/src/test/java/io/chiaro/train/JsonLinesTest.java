package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {

    @TempDir
    private Path folder;

    static List<TrainingEvent> events(long from, long to) {
        List<TrainingEvent> events = new ArrayList<>();
        events.add(new TrainingEvent.RunStarted(from, 20, "a \"quoted\" run\n", "pixels", Map.of("batch", 8.0)));
        for (long step = from + 1; step <= to; step++) {
            Map<String, Double> components = new LinkedHashMap<>();
            components.put("contrast", 1.0 / step);
            components.put("auxiliary", Double.NaN);
            events.add(new TrainingEvent.StepDone(
                    step, 20, step / 20.0, 1.0 / step, Double.NaN, 2e-5, 0.1, 640, 0.5, 0.25, components, 3));
            if (step % 5 == 0) {
                events.add(new TrainingEvent.Evaluated(step, "dev", Map.of("ndcg@10", 0.5)));
                events.add(new TrainingEvent.BestChanged(step, "ndcg@10", 0.5, Double.NaN));
                events.add(new TrainingEvent.CollapseChecked(
                        step,
                        new CollapseVerdict(
                                CollapseVerdict.Level.WARNING, "why", 1, 2, 3, Double.NEGATIVE_INFINITY, 0.5, 6)));
                events.add(new TrainingEvent.EmbeddingsPictured(
                        step, new EmbeddingPicture(List.of(0.25, 0.75), List.of(), List.of(1.0, 0.5))));
                events.add(new TrainingEvent.CheckpointSaved(step, "checkpoint-000005", 1L << 40, 0.1));
            }
        }
        return events;
    }

    private List<TrainingEvent> replayed(Path file) {
        List<TrainingEvent> events = new ArrayList<>();
        JsonLines.replay(file, events::add);
        return events;
    }

    @Test
    void every_event_comes_back_equal_and_each_line_is_one_object() throws Exception {
        Path file = folder.resolve("deeper/events.jsonl");
        List<TrainingEvent> events = events(0, 10);
        events.add(new TrainingEvent.RunFinished(10, TrainingEvent.Ending.STOPPED_EARLY, "done", 1, 2));

        try (JsonLines lines = JsonLines.create(file)) {
            events.forEach(lines::on);
        }

        assertThat(replayed(file)).isEqualTo(events);
        assertThat(Files.readAllLines(file))
                .hasSize(events.size())
                .allMatch(line -> line.startsWith("{\"event\":\"") && line.endsWith("}"));
        assertThat(Files.readAllLines(file).get(1)).startsWith("{\"event\":\"step-done\",\"step\":1,\"steps\":20,");
    }

    @Test
    void a_resumed_file_reads_as_if_nothing_had_happened() throws Exception {
        Path file = folder.resolve("events.jsonl");
        List<TrainingEvent> whole = events(0, 20);
        try (JsonLines lines = JsonLines.create(file)) {
            events(0, 13).forEach(lines::on);
            lines.on(new TrainingEvent.RunFinished(10, TrainingEvent.Ending.INTERRUPTED, "stopped", 1, 2));
        }
        Files.writeString(file, "{\"event\":\"step-do", StandardOpenOption.APPEND);

        try (JsonLines lines = JsonLines.resume(file, 10)) {
            events(10, 20).stream().skip(1).forEach(lines::on);
        }

        assertThat(replayed(file)).isEqualTo(whole);
    }

    @Test
    void events_are_in_the_file_before_it_is_closed() {
        Path file = folder.resolve("events.jsonl");
        try (JsonLines lines = JsonLines.create(file)) {
            lines.on(events(0, 1).get(1));
            assertThat(replayed(file)).hasSize(1);
        }
    }

    @Test
    void a_broken_line_in_the_middle_is_said_with_its_number() throws Exception {
        Path file = folder.resolve("events.jsonl");
        String line = events(0, 1).get(1).line();
        Files.writeString(file, line + "\n" + line.replace("step-done", "stepdone") + "\n" + line + "\n");

        assertThatThrownBy(() -> replayed(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessageStartingWith(file + ":2: ")
                .hasMessageContaining("Did you mean \"step-done\"?");
    }
}
