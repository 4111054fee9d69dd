package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class TaskTrainingTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Pairs whose score is the share of words that they have in common. */
    private Path scored(int count) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RandomStream random = RandomStream.of(17, "scored", i);
            int common = i % 5;
            String shared = common == 0 ? "" : TinyModel.words(random, common) + " ";
            rows.add(Map.of(
                    "anchor", (shared + TinyModel.words(random, 5 - common)).strip(),
                    "positive", (shared + TinyModel.words(random, 5 - common)).strip(),
                    "score", common));
        }
        return TinyRun.write(folder.resolve("scored.jsonl"), rows);
    }

    private static Map<String, Object> source(Path path, double weight, Map<String, ?> task) {
        return Map.of("path", path.toString(), "weight", weight, "task", task);
    }

    private Map<String, Object> retrieval(Map<String, ?> more) {
        Map<String, Object> task = new HashMap<>(Map.of("name", "retrieval"));
        task.putAll(more);
        return source(TinyRun.pairs(folder, 300), 1, task);
    }

    private Map<String, Object> similarity(Map<String, ?> more) {
        Map<String, Object> task = new HashMap<>(Map.of(
                "name",
                "similarity",
                "recipe",
                "codiemb-similarity",
                "set",
                Map.of("score-range", "0:5"),
                "batch",
                24));
        task.putAll(more);
        return source(scored(120), 1, task);
    }

    private RunFile run(String name, List<Map<String, Object>> sources, Map<String, ?> changes) {
        Map<String, Object> all = new HashMap<>(Map.of("data", sources));
        all.putAll(changes);
        return TinyRun.run(folder, name, all);
    }

    private RunFile both(String name, Map<String, ?> changes) {
        return run(name, List.of(retrieval(Map.of()), similarity(Map.of())), changes);
    }

    private static List<TrainingEvent.StepDone> steps(RunFile run) {
        List<TrainingEvent.StepDone> steps = new ArrayList<>();
        try (TaskTraining training = TaskTraining.start(run, PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                steps.add(step);
            }
        })))) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
        return steps;
    }

    private static double mean(List<TrainingEvent.StepDone> steps, String component) {
        return steps.stream()
                .filter(step -> step.components().containsKey(component))
                .mapToDouble(step -> step.components().getOrDefault(component, Double.NaN))
                .average()
                .orElseThrow();
    }

    @Test
    void one_encoder_learns_both_tasks_in_turn() {
        List<TrainingEvent.StepDone> steps = steps(both("out", Map.of("steps", 120)));

        for (int i = 0; i < steps.size(); i++) {
            assertThat(steps.get(i).components())
                    .containsKey(i % 2 == 0 ? "loss-retrieval" : "loss-similarity")
                    .doesNotContainKey(i % 2 == 0 ? "loss-similarity" : "loss-retrieval");
        }
        for (String task : List.of("loss-retrieval", "loss-similarity")) {
            assertThat(mean(steps.subList(100, 120), task))
                    .as(task)
                    .isLessThan(0.85 * mean(steps.subList(0, 20), task));
        }
        for (String file : List.of("run.json", "report.html", "model/README.md", "model/onnx/model.onnx")) {
            assertThat(folder.resolve("out").resolve(file)).exists();
        }
    }

    @Test
    void a_task_alone_is_the_run_of_its_recipe_to_the_bit() {
        Path scored = scored(120);
        Map<String, Object> changes = Map.of("steps", 6, "batch", 24);
        steps(run("task", List.of(similarity(Map.of())), changes));
        Map<String, Object> alone = new HashMap<>(changes);
        alone.put("data", List.of(Map.of("path", scored.toString())));
        alone.put("recipe", "codiemb-similarity");
        alone.put("set", Map.of("score-range", "0:5"));
        TinyRun.train(TinyRun.run(folder, "alone", alone), PLAIN);

        assertThat(TinyRun.weights(folder.resolve("task"))).isEqualTo(TinyRun.weights(folder.resolve("alone")));
    }

    @Test
    void a_stopped_run_ends_in_the_same_weights() {
        Map<String, Object> changes = Map.of("steps", 14, "set", Map.of("average", "0.9", "dropout", "0.2"));
        steps(both("straight", changes));

        RunFile stopped = both("stopped", changes);
        TaskTraining[] running = new TaskTraining[1];
        TextTraining.Options stopping = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 7) {
                running[0].requestStop();
            }
        }));
        try (TaskTraining training = TaskTraining.start(stopped, stopping)) {
            running[0] = training;
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (TaskTraining training = TaskTraining.resume(folder.resolve("stopped"), PLAIN)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
        assertThat(TinyRun.weights(folder.resolve("stopped"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void accumulated_batches_put_both_tasks_into_each_step() {
        List<TrainingEvent.StepDone> steps = steps(both("mean", Map.of("steps", 2, "accumulate", 2)));

        TrainingEvent.StepDone first = steps.get(0);
        assertThat(first.components()).containsKeys("loss-retrieval", "loss-similarity");
        double sum = mean(List.of(first), "loss-retrieval") + mean(List.of(first), "loss-similarity");
        assertThat(first.loss()).isCloseTo(sum / 2, within(1e-9 * sum));
    }

    @Test
    void what_does_not_go_together_is_refused_before_training() {
        List<Map<String, Object>> good = List.of(retrieval(Map.of()), similarity(Map.of()));
        refused(run("a", good, Map.of("recipe", "info-nce")), "each task of this run has a recipe of its own");
        refused(run("b", good, Map.of("set", Map.of("temperature", "1"))), "Slots of a recipe belong to its task");
        refused(
                run("c", List.of(retrieval(Map.of("set", Map.of("scal", "1")))), Map.of()),
                "task retrieval: recipe info-nce has no setting \"scal\". Did you mean \"scale\"?");
        refused(run("d", List.of(retrieval(Map.of("recipe", "moco"))), Map.of()), "moco");
        refused(run("e", List.of(retrieval(Map.of("recipe", "gist"))), Map.of()), "needs a guide");
        refused(run("f", List.of(retrieval(Map.of("recipe", "tsdae"))), Map.of()), "no objective on embeddings");
        refused(
                run("g", List.of(retrieval(Map.of("recipe", "codiemb-similarity"))), Map.of()),
                "expected a column with the role score");
        refused(run("h", List.of(retrieval(Map.of()), retrieval(Map.of())), Map.of()), "each name once");
        refused(
                run("i", List.of(retrieval(Map.of()), Map.of("path", scored(20).toString())), Map.of()),
                "expected a task for every source");
        refused(
                run("j", List.of(similarity(Map.of("recipe", "cosine-regression", "set", Map.of()))), Map.of()),
                "score-range");
    }

    private static void refused(RunFile run, String reason) {
        assertThatThrownBy(() -> TaskTraining.start(run, PLAIN).close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(reason);
    }
}
