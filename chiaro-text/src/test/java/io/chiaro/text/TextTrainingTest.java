package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.LearnedFrom;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.core.Safetensors;
import io.chiaro.data.Npy;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class TextTrainingTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();
    private static final Map<String, Object> JUDGED = Map.of("best-metric", "spearman");

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void a_run_learns_and_leaves_all_its_files() {
        List<TrainingEvent.StepDone> steps = new ArrayList<>();
        TextTraining.Options options = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                steps.add(step);
            }
        }));
        RunFile run = TinyRun.run(folder, "out", Map.of("steps", 80));
        try (TextTraining training = TextTraining.start(run, options)) {
            assertThat(training.describe()).isNotEmpty();
            TextTraining.Outcome outcome = training.run();
            assertThat(outcome.ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
            assertThat(outcome.parity().orElseThrow().minimumCosine()).isGreaterThanOrEqualTo(0.99999);
        }
        assertThat(steps).hasSize(80);
        double last = steps.subList(70, 80).stream()
                .mapToDouble(TrainingEvent.StepDone::loss)
                .average()
                .orElseThrow();
        assertThat(last)
                .isLessThan(0.5 * steps.get(0).chanceLoss())
                .isLessThan(0.5 * steps.get(0).loss());
        for (String file : List.of(
                "run.json",
                "provenance.json",
                "events.jsonl",
                "report.html",
                "report.json",
                "checkpoints",
                "store-0",
                "model/model.safetensors",
                "model/onnx/model.onnx",
                "model/README.md")) {
            assertThat(folder.resolve("out").resolve(file)).exists();
        }
    }

    @ParameterizedTest
    @CsvSource({"adamw,info-nce", "lazy-adamw,symmetric-info-nce", "sgd,gte"})
    void the_same_seed_gives_the_same_weights_to_the_bit(String optimizer, String recipe) {
        Map<String, Object> changes = Map.of("optimizer", optimizer, "recipe", recipe, "steps", 12);
        TinyRun.train(TinyRun.run(folder, "one", changes), PLAIN);
        TinyRun.train(TinyRun.run(folder, "two", changes), PLAIN);
        TinyRun.train(TinyRun.run(folder, "other", changes).with("test", Map.of("seed", 43)), PLAIN);

        assertThat(TinyRun.weights(folder.resolve("two"))).isEqualTo(TinyRun.weights(folder.resolve("one")));
        assertThat(TinyRun.weights(folder.resolve("other"))).isNotEqualTo(TinyRun.weights(folder.resolve("one")));
    }

    @ParameterizedTest
    @CsvSource({"adamw,info-nce,17", "lazy-adamw,info-nce,20", "sgd,info-nce,3"})
    void a_run_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit(
            String optimizer, String recipe, long stopAt) {
        Map<String, Object> changes =
                Map.of("optimizer", optimizer, "recipe", recipe, "steps", 40, "best-metric", "spearman");
        TextTraining.Options judged = PLAIN.withValidation(TinyRun::restless);
        TinyRun.train(TinyRun.run(folder, "straight", changes), judged);

        stopAndResume(TinyRun.run(folder, "resumed", changes), judged, stopAt);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @ParameterizedTest
    @CsvSource({"masked-language-model", "tsdae", "simcse"})
    void learning_from_bare_texts_resumes_to_the_bit_too(String recipe) {
        TinyRun.pairs(folder, 300);
        Map<String, Object> changes = Map.of(
                "recipe",
                recipe,
                "steps",
                20,
                "data",
                List.of(Map.of(
                        "path", folder.resolve("pairs.jsonl").toString(), "roles", Map.of("anchor", "positive"))));
        TinyRun.train(TinyRun.run(folder, "straight", changes), PLAIN);

        stopAndResume(TinyRun.run(folder, "resumed", changes), PLAIN, 7);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @ParameterizedTest
    @CsvSource({
        "arcface",
        "cosface",
        "normalized-softmax",
        "sphereface",
        "large-margin-softmax",
        "sub-center-arcface",
        "soft-triple",
        "proxy-nca",
        "proxy-anchor",
        "p2s-grad",
        "cross-batch-memory",
        "moco",
        "co2",
        "ressl",
        "swav",
        "smog",
        "dino",
        "msn",
        "pmsn",
        "tico",
        "lejepa",
        "byol",
        "simsiam",
        "nnclr",
        "moco-v3",
        "dino",
        "ressl"
    })
    void what_a_recipe_remembers_resumes_to_the_bit(String recipe) throws IOException {
        boolean labelled = Recipes.named(recipe).create().needs().labels();
        Map<String, Object> changes = Map.of(
                "recipe",
                recipe,
                "steps",
                8,
                "batch",
                12,
                "data",
                List.of(Map.of("path", (labelled ? labelled() : TinyRun.pairs(folder, 100)).toString())));
        TinyRun.train(TinyRun.run(folder, "straight", changes), PLAIN);

        stopAndResume(TinyRun.run(folder, "resumed", changes), PLAIN, 5);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @ParameterizedTest
    @CsvSource({
        "isogclr,",
        "invariance-propagation,",
        "bad-pairs,",
        "csr,",
        "mochi,",
        "info-nce,learned",
        "siglip,learned-with-bias"
    })
    void states_of_records_drawn_keys_and_learned_numbers_resume_to_the_bit(String recipe, String policy) {
        TinyRun.pairs(folder, 60);
        Map<String, Object> changes = Map.of(
                "recipe", recipe, "steps", 14, "set", policy == null ? Map.of() : Map.of("temperature-policy", policy));
        TinyRun.train(TinyRun.run(folder, "straight", changes), PLAIN);

        stopAndResume(TinyRun.run(folder, "resumed", changes), PLAIN, 5);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void the_hinge_of_prom_cse_learns_a_soft_prompt_from_triplets_and_wants_their_negatives() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            RandomStream random = RandomStream.of(3, "triplet", i);
            rows.add(Map.of(
                    "anchor", TinyModel.words(random, 5),
                    "positive", TinyModel.words(random, 5),
                    "negative", TinyModel.words(random, 5)));
        }
        Path triplets = TinyRun.write(folder.resolve("triplets.jsonl"), rows);
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("recipe", "prom-cse");
        changes.put("set", Map.of("soft-prompt", "4"));
        changes.put("steps", 20);
        changes.put("data", List.of(Map.of("path", triplets.toString())));
        List<Double> losses = new ArrayList<>();
        TextTraining.Options listening = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                losses.add(step.loss());
            }
        }));
        assertThat(TinyRun.train(TinyRun.run(folder, "prompt", changes), listening))
                .isEqualTo(TrainingEvent.Ending.COMPLETED);
        assertThat(losses).hasSize(20).allMatch(Double::isFinite);
        assertThat(losses.get(19)).isLessThan(losses.get(0));
        assertFails(
                TinyRun.run(folder, "pairs", Map.of("recipe", "prom-cse")), "expected a column with the role negative");
    }

    /** Neighbours of two made-up languages, told apart by their syllables. */
    private Path neighbours() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            RandomStream random = RandomStream.of(23, "neighbour", i);
            int half = TinyModel.syllables() / 2;
            List<String> words = new ArrayList<>();
            for (int w = 0; w < 6; w++) {
                words.add(TinyModel.syllable(i % 2 * half + random.nextInt(half)));
            }
            rows.add(Map.of(
                    "anchor", String.join(" ", words.subList(0, 4)),
                    "positive", String.join(" ", words.subList(2, 6)),
                    "label", i % 2 == 0 ? "one" : "other"));
        }
        return TinyRun.write(folder.resolve("neighbours.jsonl"), rows);
    }

    @Test
    void sentences_learn_from_their_neighbours_against_a_bank_of_their_own_language() {
        Map<String, Object> changes = Map.of(
                "recipe",
                "language-banks",
                "set",
                Map.of("queue", "24", "head", "16,last-norm=true", "temperature", "0.2"),
                "data",
                List.of(Map.of("path", neighbours().toString())));
        List<TrainingEvent.StepDone> steps = new ArrayList<>();
        Map<String, Object> longer = new LinkedHashMap<>(changes);
        longer.put("steps", 80);
        TinyRun.train(
                TinyRun.run(folder, "banks", longer),
                TextTraining.Options.defaults().withListeners(List.of(event -> {
                    if (event instanceof TrainingEvent.StepDone step) {
                        steps.add(step);
                    }
                })));
        double last = steps.subList(70, 80).stream()
                .mapToDouble(TrainingEvent.StepDone::loss)
                .average()
                .orElseThrow();
        // Three steps fill the banks, whose random rows are easy.
        double early = steps.subList(4, 10).stream()
                .mapToDouble(TrainingEvent.StepDone::loss)
                .average()
                .orElseThrow();
        assertThat(last).isLessThan(0.9 * early);
    }

    @Test
    void the_guide_of_dclr_is_asked_for_and_changes_what_is_learned() {
        Map<String, Object> bare =
                Map.of("path", TinyRun.pairs(folder, 60).toString(), "roles", Map.of("anchor", "positive"));
        assertFails(
                TinyRun.run(folder, "alone", Map.of("recipe", "dclr", "data", List.of(bare))), "needs a guide model");
        String guide = "fresh:" + folder.resolve("shape");
        for (String threshold : List.of("-1", "1.1")) {
            TinyRun.train(
                    TinyRun.run(
                            folder,
                            "threshold " + threshold,
                            Map.of(
                                    "recipe",
                                    "dclr",
                                    "steps",
                                    4,
                                    "data",
                                    List.of(bare),
                                    "set",
                                    Map.of("guide", guide, "threshold", threshold))),
                    PLAIN);
        }
        assertThat(TinyRun.weights(folder.resolve("threshold -1")))
                .isNotEqualTo(TinyRun.weights(folder.resolve("threshold 1.1")));
    }

    @ParameterizedTest
    @CsvSource({"esimcse", "diffcse"})
    void what_a_recipe_of_bare_texts_keeps_resumes_to_the_bit_and_stays_out_of_the_model(String recipe) {
        Map<String, Object> changes = Map.of(
                "recipe",
                recipe,
                "steps",
                8,
                "data",
                List.of(Map.of("path", TinyRun.pairs(folder, 60).toString(), "roles", Map.of("anchor", "anchor"))));
        TinyRun.train(TinyRun.run(folder, "straight", changes), PLAIN);

        stopAndResume(TinyRun.run(folder, "resumed", changes), PLAIN, 5);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
        try (Safetensors weights = Safetensors.open(folder.resolve("straight/model/model.safetensors"))) {
            assertThat(weights.names()).noneMatch(name -> name.startsWith("head.") || name.startsWith("twin."));
        }
    }

    @Test
    void heads_predictors_and_twins_resume_to_the_bit_and_stay_out_of_the_model() {
        Map<String, Object> changes = Map.of(
                "recipe",
                "byol",
                "steps",
                8,
                "set",
                Map.of("head", "24-12", "predictor", "direct", "momentum", "0.9:1"));
        TinyRun.train(TinyRun.run(folder, "straight", changes), PLAIN);

        stopAndResume(TinyRun.run(folder, "resumed", changes), PLAIN, 5);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
        try (Safetensors weights = Safetensors.open(folder.resolve("straight/model/model.safetensors"))) {
            assertThat(weights.names()).noneMatch(name -> name.startsWith("head.") || name.startsWith("twin."));
        }
    }

    @Test
    void views_through_a_head_as_one_batch_resume_to_the_bit_and_teach_something_else() {
        Map<String, Object> fused = Map.of("steps", 8, "set", Map.of("head", "24-12", "head-batch", "fused"));
        TinyRun.train(TinyRun.run(folder, "straight", fused), PLAIN);
        TinyRun.train(TinyRun.run(folder, "apart", Map.of("steps", 8, "set", Map.of("head", "24-12"))), PLAIN);

        stopAndResume(TinyRun.run(folder, "resumed", fused), PLAIN, 5);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
        assertThat(TinyRun.weights(folder.resolve("apart"))).isNotEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void a_linear_predictor_is_kept_with_what_it_is_given() throws IOException {
        Map<String, Object> changes =
                Map.of("recipe", "byol", "steps", 6, "set", Map.of("predictor", "direct", "momentum", "0.9"));
        TinyRun.train(TinyRun.run(folder, "linear", changes), PLAIN);
        Npy matrix = Npy.read(folder.resolve("linear/predictor.npy"));
        Npy inputs = Npy.read(folder.resolve("linear/predictor-inputs.npy"));
        assertThat(matrix.shape()).containsExactly(16, 16);
        // Without a head these are the embeddings of all 300 anchors, by the saved model and of any length.
        assertThat(inputs.shape()).containsExactly(300, 16);
        JsonObject first = Json.parse(
                "pairs", Files.readAllLines(folder.resolve("pairs.jsonl")).get(0));
        try (TextModel saved = TextModel.load(folder.resolve("linear/model").toString(), 0)) {
            int[] tokens = saved.tokenizer().encode(first.string("anchor"), 64);
            float[] expected = saved.encodeTokens(List.of(tokens))[0];
            assertThat(Arrays.copyOf(inputs.floats(), 16)).containsExactly(expected, within(1e-5f));
        }

        TinyRun.train(
                TinyRun.run(folder, "layers", Map.of("recipe", "byol", "steps", 2, "set", Map.of("head", "24-12"))),
                PLAIN);
        assertThat(folder.resolve("layers/predictor.npy")).doesNotExist();
    }

    /** Sixty texts of three classes. */
    private Path labelled() throws IOException {
        Path file = folder.resolve("labelled.jsonl");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            lines.add(String.format(
                    "{\"anchor\": \"%s number %d\", \"label\": \"class %d\"}",
                    List.of("a small dog", "the old boat", "some fresh bread").get(i % 3), i, i % 3));
        }
        Files.write(file, lines);
        return file;
    }

    private static void stopAndResume(RunFile run, TextTraining.Options options, long stopAt) {
        List<Runnable> stop = new ArrayList<>();
        TextTraining.Options stopping = options.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == stopAt) {
                stop.forEach(Runnable::run);
            }
        }));
        Path out = Path.of(run.out().orElseThrow());
        try (TextTraining training = TextTraining.start(run, stopping)) {
            stop.add(training::requestStop);
            TextTraining.Outcome outcome = training.run();
            assertThat(outcome.ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
            assertThat(outcome.parity()).isEmpty();
        }
        assertThat(out.resolve("model")).doesNotExist();
        try (TextTraining training = TextTraining.resume(out, options)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
    }

    @Test
    void resuming_a_finished_run_gives_the_same_model_again() {
        TinyRun.train(TinyRun.run(folder, "out", Map.of("steps", 10)), PLAIN);
        byte[] before = TinyRun.weights(folder.resolve("out"));
        try (TextTraining training = TextTraining.resume(folder.resolve("out"), PLAIN)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
        assertThat(TinyRun.weights(folder.resolve("out"))).isEqualTo(before);
    }

    @Test
    void a_damaged_checkpoint_is_told_and_an_older_one_leads_to_the_same_weights() throws IOException {
        TinyRun.train(TinyRun.run(folder, "out", Map.of("steps", 12, "checkpoint-steps", 4)), PLAIN);
        byte[] before = TinyRun.weights(folder.resolve("out"));
        Files.writeString(folder.resolve("out/checkpoints/checkpoint-000012/state.json"), "{");

        try (TextTraining training = TextTraining.resume(folder.resolve("out"), PLAIN)) {
            assertThat(training.describe())
                    .anyMatch(line -> line.contains("checkpoint-000012 is damaged")
                            && line.endsWith("An older one takes its place."));
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }

        assertThat(TinyRun.weights(folder.resolve("out"))).isEqualTo(before);
    }

    @Test
    void a_run_is_not_started_over_another() {
        TinyRun.train(TinyRun.run(folder, "out", Map.of("steps", 2)), PLAIN);

        assertFails(TinyRun.run(folder, "out", Map.of()), "expected a folder without a run, but found run.json");
    }

    @Test
    void another_thread_count_at_resume_is_refused_unless_accepted() {
        stopAfterOne(TinyRun.run(folder, "out", Map.of("steps", 6)));
        Path file = folder.resolve("out").resolve("run.json");
        RunFile.load(file).with("test", Map.of("threads", 1)).write(file);
        try {
            assertThatThrownBy(() -> TextTraining.resume(folder.resolve("out"), PLAIN))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("with 2 threads, but this process uses")
                    .hasMessageContaining("--allow-other-arithmetic");
            try (TextTraining training = TextTraining.resume(folder.resolve("out"), PLAIN.withAnyMachine(true))) {
                assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
            }
        } finally {
            NativeRuntime.threads(2);
        }
    }

    private static void stopAfterOne(RunFile run) {
        try (TextTraining training = TextTraining.start(run, PLAIN)) {
            training.requestStop();
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
    }

    @Test
    void a_relative_base_is_found_again_from_another_folder() {
        Path here = Path.of("").toAbsolutePath();
        TinyRun.run(folder, "out", Map.of());
        String relative = "fresh:" + here.relativize(folder.resolve("shape").toAbsolutePath());

        stopAfterOne(TinyRun.run(folder, "out", Map.of("base", relative)));

        assertThat(RunFile.load(folder.resolve("out/run.json")).base())
                .isEqualTo("fresh:" + folder.resolve("shape").toAbsolutePath());
    }

    // ------------------------------------------------------------------------------------------------- errors

    private static void assertFails(RunFile run, String... parts) {
        assertThatThrownBy(() -> TextTraining.start(run, PLAIN).close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n")
                .endsWith(".");
    }

    @Test
    void a_wrong_best_metric_fails_before_training() {
        RunFile run = TinyRun.run(folder, "out", Map.of("best-metric", "spearmen"));
        assertThatThrownBy(() -> TextTraining.start(run, PLAIN.withValidation(TinyRun::restless)))
                .isInstanceOf(ChiaroException.class)
                .hasMessage("best-metric: expected a metric that this run judges, but found \"spearmen\". "
                        + "Did you mean \"spearman\"? Valid: spearman.");
        assertFails(TinyRun.run(folder, "nothing", JUDGED), "Nothing is judged in this run: add --eval TASK:PATH.");
    }

    @Test
    void a_learning_rate_that_explodes_ends_in_one_sentence() {
        RunFile run = TinyRun.run(folder, "out", Map.of("learning-rate", 1e30, "clip", 0));
        try (TextTraining training = TextTraining.start(run, PLAIN)) {
            assertThatThrownBy(training::run)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageMatching("step \\d+: the (loss|norm of the gradient) is \\S+\\. Lower the learning rate "
                            + "\\(now 1.0E30\\) or raise the temperature\\.");
        }
    }

    @Test
    void unknown_names_are_errors_with_the_nearest_valid_one() {
        assertFails(TinyRun.run(folder, "o", Map.of("optimizer", "adam")), "optimizer: unknown name \"adam\"", "adamw");
        assertFails(TinyRun.run(folder, "o", Map.of("recipe", "infonce")), "recipe: unknown name", "info-nce");
        assertFails(
                TinyRun.run(folder, "o", Map.of("set", Map.of("temprature", "0.05"))),
                "unknown slot \"temprature\"",
                "temperature");
        assertFails(
                TinyRun.run(folder, "o", Map.of("set", Map.of("divergence", "hinge"))),
                "in-batch candidates need the cross-entropy");
        Map<String, Object> source = Map.of(
                "path", TinyRun.pairs(folder, 300).toString(), "roles", Map.of("anchr", "anchor", "positive", "x"));
        assertFails(
                TinyRun.run(folder, "o", Map.of("data", List.of(source))), "roles: unknown role \"anchr\"", "anchor");
        assertFails(TinyRun.run(folder, "o", Map.of("base", "nothere")), "base: expected the name", "nothere");
        assertThat(folder.resolve("o")).doesNotExist();
    }

    @Test
    void numbers_out_of_range_are_errors() {
        assertFails(TinyRun.run(folder, "o", Map.of("set", Map.of("dropout", "1.5"))), "set dropout", "\"1.5\"");
        assertFails(TinyRun.run(folder, "o", Map.of("set", Map.of("max-tokens", "many"))), "set max-tokens", "many");
        assertFails(
                TinyRun.run(folder, "o", Map.of("set", Map.of("max-tokens", "20.5"))),
                "set max-tokens",
                "whole number",
                "\"20.5\"");
    }

    @Test
    void a_recipe_that_does_not_fit_the_data_is_refused() {
        assertFails(
                TinyRun.run(folder, "o", Map.of("recipe", "triplet")),
                "recipe triplet: expected a column with the role negative, but the data are pairs",
                "take the recipe info-nce");
        assertFails(
                TinyRun.run(folder, "o", Map.of("recipe", "cosent")),
                "recipe cosent: expected a column with the role score");
        assertFails(
                TinyRun.run(folder, "o", Map.of("recipe", "simcse")),
                "recipe simcse: would ignore the role positive, and nothing is ignored silently");
        assertFails(
                TinyRun.run(folder, "o", Map.of("recipe", "mlm")), "learns from single texts, but the data are pairs");
        assertFails(TinyRun.run(folder, "o", Map.of("recipe", "gist")), "needs a guide model");
        assertFails(
                TinyRun.run(folder, "o", Map.of("recipe", "kl-distillation", "set", Map.of("guide", "x"))),
                "recipe kl-distillation: expected a column with the role negative");
    }

    @Test
    void labels_are_never_ignored_silently() {
        List<Map<String, Object>> pairs = new ArrayList<>();
        List<Map<String, Object>> texts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String word = TinyModel.syllable(i);
            pairs.add(Map.of("anchor", word, "positive", word + " a", "label", i % 2));
            texts.add(Map.of("anchor", word, "label", i % 2));
        }
        RunFile labelled = TinyRun.run(folder, "o", data(TinyRun.write(folder.resolve("labelled.jsonl"), pairs)));
        RunFile classes = TinyRun.run(folder, "o", data(TinyRun.write(folder.resolve("classes.jsonl"), texts)));

        assertFails(
                labelled.with("test", Map.of("recipe", "info-nce")),
                "recipe info-nce: would ignore the role label",
                "take the recipe cosent");
        for (String recipe : List.of("simcse", "mlm", "tsdae")) {
            assertFails(
                    classes.with("test", Map.of("recipe", recipe)), "would ignore the role label", "--roles anchor=");
        }
        // Classes of single texts: one view, which is no batch of several.
        assertFails(
                classes.with(
                        "test", Map.of("recipe", "sup-con", "set", Map.of("head", "24-12", "head-batch", "fused"))),
                "set head-batch: has no effect on data of one view an item");
        TinyRun.train(labelled.with("test", Map.of("recipe", "cosent", "steps", 2)), PLAIN);
    }

    private static Map<String, Object> data(Path file) {
        return Map.of("data", List.of(Map.of("path", file.toString())));
    }

    @Test
    void settings_without_effect_are_errors() {
        assertFails(
                TinyRun.run(folder, "o", Map.of("set", Map.of("share", "0.3"))),
                "recipe info-nce: has no setting \"share\"");
        assertFails(
                TinyRun.run(folder, "o", Map.of("set", Map.of("guide", "bge-small-en-v1.5"))),
                "recipe info-nce: has no use for a guide");
        // Texts have no head unless told.
        assertFails(
                TinyRun.run(folder, "o", Map.of("set", Map.of("head-batch", "fused"))),
                "set head-batch: has no effect");
    }

    @Test
    void a_teacher_is_not_replaced_by_a_guide() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String word = TinyModel.syllable(i);
            rows.add(Map.of("anchor", word, "positive", word + " a", "negative", word + " b"));
        }
        Path file = TinyRun.write(folder.resolve("triplets.jsonl"), rows);
        RunFile run = TinyRun.run(folder, "o", data(file));

        assertFails(
                run.with("test", Map.of("recipe", "kl-distillation", "set", Map.of("guide", run.base()))),
                "recipe kl-distillation: expected a score for the positive and each negative");
    }

    @Test
    void a_guide_of_another_tokenizer_is_refused() {
        assertFails(
                TinyRun.run(folder, "o", Map.of("recipe", "gist", "set", Map.of("guide", "fresh:tiny"))),
                "guide: expected a model with the tokenizer of",
                "fresh:tiny has another one");
    }

    @Test
    void a_model_has_learned_from_what_its_guide_has_and_knows_its_own_files_by_their_content() {
        TinyRun.train(TinyRun.run(folder, "first", Map.of("steps", 1)), PLAIN);
        Path guide = folder.resolve("first/model");
        LearnedFrom.of(guide.toString()).and(Map.of("elsewhere.jsonl", "1")).write(guide);
        TinyRun.train(
                TinyRun.run(
                        folder,
                        "second",
                        Map.of("recipe", "gist", "steps", 1, "set", Map.of("guide", guide.toString()))),
                PLAIN);
        LearnedFrom learned = LearnedFrom.of(folder.resolve("second/model").toString());
        String pairs = folder.resolve("pairs.jsonl").toString();
        assertThat(learned.data()).containsOnlyKeys(pairs, "elsewhere.jsonl");
        assertThat(learned.contents()).hasValue(Map.of(pairs, LearnedFrom.content(Path.of(pairs))));
    }

    @Test
    void lists_of_positives_are_counted_before_the_run() {
        Path file = TinyRun.write(
                folder.resolve("listed.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i -> Map.<String, Object>of(
                                "anchor",
                                TinyModel.words(RandomStream.of(1, "a", i), 5),
                                "positive",
                                List.of(
                                        TinyModel.words(RandomStream.of(1, "p", i), 5),
                                        TinyModel.words(RandomStream.of(1, "o", i), 5))))
                        .toList());
        RunFile run = TinyRun.run(folder, "listed", Map.of("data", List.of(Map.of("path", file.toString()))));
        try (TextTraining training = TextTraining.start(run, PLAIN)) {
            assertThat(training.describe())
                    .anyMatch(line -> line.contains("80 pairs") && line.contains("of 40 rows with lists of positives"));
        }
    }

    @Test
    void a_guide_of_the_same_family_trains() {
        Path shape = TinyModel.write(folder.resolve("shape"));
        TrainingEvent.Ending ending = TinyRun.train(
                TinyRun.run(
                        folder, "o", Map.of("recipe", "gist", "steps", 3, "set", Map.of("guide", "fresh:" + shape))),
                PLAIN);
        assertThat(ending).isEqualTo(TrainingEvent.Ending.COMPLETED);
        assertThat(Files.exists(folder.resolve("o/model"))).isTrue();
    }
}
