package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.model.SparseVector;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class ScorerTrainingTest {

    private static final ScorerTraining.Options PLAIN = ScorerTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private RunFile run(String recipe, String name, Map<String, ?> changes) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("recipe", recipe);
        all.put("batch", 8);
        all.put("checkpoint-steps", 10);
        all.putAll(changes);
        return TinyRun.run(folder, name, all);
    }

    /** Triplets with a teacher's scores. */
    private Path taught() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            RandomStream random = RandomStream.of(31, "taught", i);
            rows.add(Map.of(
                    "anchor", TinyModel.words(random, 3),
                    "positive", TinyModel.words(random, 5),
                    "negative", TinyModel.words(random, 5),
                    "score", List.of(1 + random.nextDouble(), random.nextDouble())));
        }
        return TinyRun.write(folder.resolve("taught.jsonl"), rows);
    }

    private static TrainingEvent.Ending train(RunFile run, ScorerTraining.Options options) {
        try (ScorerTraining training = ScorerTraining.start(run, options)) {
            return training.run().ending();
        }
    }

    private static ScorerTraining.Options told(TrainingListener listener) {
        return PLAIN.with(model -> Validation.none(), List.of(listener), line -> {});
    }

    private static List<TrainingEvent.StepDone> steps(RunFile run) {
        List<TrainingEvent.StepDone> steps = new ArrayList<>();
        train(run, told(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                steps.add(step);
            }
        }));
        return steps;
    }

    private static double loss(List<TrainingEvent.StepDone> steps) {
        return steps.stream()
                .mapToDouble(TrainingEvent.StepDone::loss)
                .average()
                .orElseThrow();
    }

    @Test
    void late_interaction_learns_which_text_holds_the_words_of_another() {
        List<TrainingEvent.StepDone> steps = steps(run(
                "late-interaction",
                "out",
                Map.of("steps", 150, "set", Map.of("dimension", "8", "temperature", "0.3"))));

        assertThat(loss(steps.subList(140, 150))).isLessThan(0.75 * loss(steps.subList(0, 10)));
        try (LateInteraction model =
                LateInteraction.load(folder.resolve("out/model").toString(), 0, LateInteraction.Wishes.NONE)) {
            float[] scores = model.reranker().score("ba du mo", List.of("mo du ba ke", "ti re na ke"));
            assertThat(scores[0]).isGreaterThan(scores[1]);
        }
        for (String file : List.of("run.json", "report.html", "model/README.md", "model/onnx/model.onnx")) {
            assertThat(folder.resolve("out").resolve(file)).exists();
        }
    }

    @Test
    void splade_learns_which_text_holds_the_words_of_another_in_few_tokens() {
        Map<String, Object> changes = Map.of("steps", 150, "set", Map.of("temperature", "2", "head-start", "none"));
        List<TrainingEvent.StepDone> steps = steps(run("splade", "out", changes));
        steps(run(
                "splade",
                "sparser",
                Map.of(
                        "steps",
                        150,
                        "set",
                        Map.of(
                                "temperature",
                                "2",
                                "head-start",
                                "none",
                                "query-flops",
                                "0.02",
                                "document-flops",
                                "0.02"))));

        assertThat(loss(steps.subList(140, 150))).isLessThan(0.75 * loss(steps.subList(0, 10)));
        assertThat(steps.get(0).components()).containsKey("flops");
        List<String> texts = List.of("mo du ba ke", "ti re na ke");
        List<Integer> active = new ArrayList<>();
        for (String name : List.of("out", "sparser")) {
            try (SparseEncoder model =
                    SparseEncoder.load(folder.resolve(name).resolve("model").toString(), 0, Optional.empty())) {
                active.add(model.embedder().embed(texts).stream()
                        .mapToInt(SparseVector::size)
                        .sum());
                if (name.equals("out")) {
                    float[] scores = model.reranker().score("ba du mo", texts);
                    assertThat(scores[0]).isGreaterThan(scores[1]);
                }
            }
        }
        assertThat(active.get(1)).isLessThan(active.get(0) / 2);
    }

    /** Pairs whose score is 1 where the second text holds the words of the first, else 0. */
    private Path graded() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            RandomStream random = RandomStream.of(31, "graded", i);
            String words = TinyModel.words(random, 3);
            boolean alike = random.nextInt(2) == 0;
            String other = alike ? words + " " + TinyModel.words(random, 1) : TinyModel.words(random, 4);
            rows.add(Map.of("anchor", words, "positive", other, "score", alike ? 1.0 : 0.0));
        }
        return TinyRun.write(folder.resolve("graded.jsonl"), rows);
    }

    @ParameterizedTest
    @CsvSource({"''", "cosine-regression"})
    void splade_learns_from_scores_by_cosines(String loss) {
        Map<String, String> set = new LinkedHashMap<>(Map.of("head-start", "none"));
        if (!loss.isEmpty()) {
            set.put("loss", loss);
        }
        RunFile run = run(
                "splade", "out", Map.of("data", List.of(Map.of("path", graded().toString())), "steps", 60, "set", set));
        try (ScorerTraining training = ScorerTraining.start(run, PLAIN)) {
            assertThat(training.slots())
                    .containsEntry("loss", loss.isEmpty() ? "cosent" : loss)
                    .containsEntry("similarity", "cosine");
        }
        List<TrainingEvent.StepDone> steps =
                steps(run.with("again", Map.of("out", folder.resolve("again").toString())));
        assertThat(loss(steps.subList(50, 60))).isLessThan(loss(steps.subList(0, 10)));
    }

    /** Its halves are real and imaginary parts, and this vocabulary has 117 tokens. */
    @Test
    void splade_learns_by_angles_only_where_a_vocabulary_has_two_halves() {
        RunFile run = run(
                "splade",
                "out",
                Map.of(
                        "data",
                        List.of(Map.of("path", graded().toString())),
                        "set",
                        Map.of("head-start", "none", "loss", "angle")));
        try (ScorerTraining training = ScorerTraining.start(run, PLAIN)) {
            assertThat(training.slots()).containsEntry("similarity", "angle");
            assertThatThrownBy(training::run)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("even width");
        }
    }

    @Test
    void late_interaction_does_not_learn_from_scores_of_pairs() {
        RunFile run = run("late-interaction", "out", Map.of("data", List.of(Map.of("path", graded().toString()))));
        assertThatThrownBy(() -> ScorerTraining.start(run, PLAIN).close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("would ignore the role score");
    }

    @ParameterizedTest
    @CsvSource({"margin-mse", "kl-distillation"})
    void a_teacher_teaches_late_interaction(String loss) {
        RunFile run = run(
                "late-interaction",
                "out",
                Map.of(
                        "data",
                        List.of(Map.of("path", taught().toString())),
                        "steps",
                        40,
                        "set",
                        Map.of("dimension", "8", "loss", loss)));
        List<TrainingEvent.StepDone> steps = steps(run);
        assertThat(loss(steps.subList(30, 40))).isLessThan(loss(steps.subList(0, 10)));
    }

    @ParameterizedTest
    @CsvSource({"late-interaction,query-tokens=9", "splade,flops-steps=15"})
    void a_run_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit(String recipe, String setting) {
        String[] set = setting.split("=");
        Map<String, Object> changes = Map.of("steps", 20, "set", Map.of(set[0], set[1]));
        train(run(recipe, "straight", changes), PLAIN);
        ScorerTraining[] running = new ScorerTraining[1];
        TrainingListener stop = event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 13) {
                running[0].requestStop();
            }
        };
        try (ScorerTraining training = ScorerTraining.start(run(recipe, "resumed", changes), told(stop))) {
            running[0] = training;
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (ScorerTraining training = ScorerTraining.resume(folder.resolve("resumed"), PLAIN)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void a_sparse_run_that_was_killed_before_its_first_checkpoint_begins_with_the_same_head_again() {
        Map<String, Object> changes = Map.of("steps", 3, "checkpoint-steps", 3);
        train(run("splade", "straight", changes), PLAIN);
        RunFile told = run("splade", "killed", changes);
        List<String> lines = new ArrayList<>();
        try (ScorerTraining training = ScorerTraining.start(told, PLAIN)) {
            lines.addAll(training.describe());
        }
        assertThat(lines).anyMatch(line -> line.startsWith("head start: fitted to"));
        try (ScorerTraining training = ScorerTraining.resume(folder.resolve("killed"), PLAIN)) {
            training.run();
        }
        assertThat(TinyRun.weights(folder.resolve("killed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void a_setting_that_means_nothing_is_refused_with_the_nearest() {
        for (Map<String, String> set : List.of(
                Map.of("dimensions", "8"),
                Map.of("similarity", "cosine"),
                Map.of("temperature-policy", "learned"),
                Map.of("loss", "info-nse"),
                Map.of("query-tokens", "2"),
                Map.of("query-expansion", "yes"),
                Map.of("skip-punctuation", "true"),
                Map.of("head-start", "lexical"))) {
            assertThatThrownBy(() -> ScorerTraining.start(run("late-interaction", "out", Map.of("set", set)), PLAIN)
                            .close())
                    .as("%s", set)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("set");
        }
        assertThatThrownBy(() -> ScorerTraining.start(
                                run("splade", "out", Map.of("set", Map.of("head-start", "lexicl"))), PLAIN)
                        .close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("lexical");
        assertThatThrownBy(() -> ScorerTraining.start(
                                run(
                                        "late-interaction",
                                        "out",
                                        Map.of(
                                                "data",
                                                List.of(Map.of("path", taught().toString())),
                                                "set",
                                                Map.of("loss", "info-nce"))),
                                PLAIN)
                        .close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("would ignore the role score");
    }
}
