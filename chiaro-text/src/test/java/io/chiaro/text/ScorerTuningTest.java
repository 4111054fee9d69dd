package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.core.Safetensors;
import io.chiaro.model.Reranker;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Low-rank updates, soft prompts and encoders that stand still, under the heads of cross-encoders and their like. */
@ExtendWith(LeakCheck.class)
class ScorerTuningTest {

    private static final ScorerTraining.Options PLAIN = ScorerTraining.Options.defaults();
    private static final List<String> TEXTS = List.of("mo du ba ke", "ti re na ke", "ba");

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private RunFile run(String recipe, String name, String set, Map<String, ?> changes) {
        Map<String, String> settings = new TreeMap<>();
        for (String pair : set.isEmpty() ? new String[0] : set.split(" ")) {
            settings.put(pair.split("=")[0], pair.split("=")[1]);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("recipe", recipe);
        all.put("data", List.of(Map.of("path", data().toString())));
        all.put("batch", 8);
        all.put("steps", 6);
        all.put("learning-rate", 0.01);
        all.put("checkpoint-steps", 3);
        all.put("set", settings);
        all.putAll(changes);
        return TinyRun.run(folder, name, all);
    }

    private Path data() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            RandomStream random = RandomStream.of(5, "tuned", i);
            rows.add(Map.of(
                    "anchor", TinyModel.words(random, 2),
                    "positive", TinyModel.words(random, 4),
                    "negative", TinyModel.words(random, 4)));
        }
        return TinyRun.write(folder.resolve("triplets.jsonl"), rows);
    }

    private Path train(String recipe, String name, String set, Map<String, ?> changes) {
        try (ScorerTraining training = ScorerTraining.start(run(recipe, name, set, changes), PLAIN)) {
            training.run();
        }
        return folder.resolve(name).resolve("model");
    }

    private static Map<String, float[]> weights(Path model) {
        Map<String, float[]> all = new TreeMap<>();
        try (Safetensors file = Safetensors.open(model.resolve("model.safetensors"))) {
            file.names().forEach(name -> all.put(name, file.floats(name)));
        }
        return all;
    }

    private static float[] at(Map<String, float[]> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name));
    }

    private static List<String> changed(Map<String, float[]> before, Map<String, float[]> after) {
        return before.keySet().stream()
                .filter(after::containsKey)
                .filter(name -> {
                    float[] old = at(before, name);
                    return !Arrays.equals(old, Arrays.copyOf(at(after, name), old.length));
                })
                .toList();
    }

    private static TextScorer open(String recipe, Path model) {
        return switch (recipe) {
            case ScorerTraining.CROSS_ENCODER -> CrossEncoder.load(model.toString(), 0);
            case ScorerTraining.SPLADE -> SparseEncoder.load(model.toString(), 0, Optional.empty());
            default -> LateInteraction.load(model.toString(), 0, LateInteraction.Wishes.NONE);
        };
    }

    private static float[] scores(Reranker reranker) {
        return reranker.score("ba du mo", TEXTS);
    }

    @ParameterizedTest
    @CsvSource({
        "cross-encoder, lora=2, query|value",
        "cross-encoder, lora=2 lora-on=outer, output.dense",
        "late-interaction, lora=2 dimension=8, query|value",
        "splade, lora=2 head-start=none, query|value",
        "cross-encoder, encoder=frozen, ''",
        "late-interaction, encoder=frozen dimension=8, ''",
        "splade, encoder=frozen head-start=none, ''"
    })
    void of_the_encoder_only_what_was_asked_for_moves(String recipe, String set, String moving) {
        // The same run without a step that moves anything.
        Map<String, float[]> before = weights(train(recipe, "before", set, Map.of("steps", 1, "learning-rate", 1e-30)));
        Map<String, float[]> after = weights(train(recipe, "after", set, Map.of()));

        assertThat(after.keySet()).isEqualTo(before.keySet());
        List<String> changed = changed(before, after);
        List<String> inEncoder = changed.stream()
                .filter(name -> name.contains("encoder.layer.") || name.contains("embeddings."))
                .toList();
        if (moving.isEmpty()) {
            assertThat(inEncoder).isEmpty();
        } else {
            assertThat(inEncoder).isNotEmpty().allMatch(name -> name.matches(".*(" + moving + ").*weight"));
        }
        if (!recipe.equals("late-interaction")) {
            assertThat(changed).as("the head learns").anyMatch(name -> !inEncoder.contains(name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cross-encoder, lora=2",
        "cross-encoder, soft-prompt=3",
        "cross-encoder, soft-prompt=2 lora=2",
        "late-interaction, soft-prompt=2 dimension=8 query-tokens=12",
        "late-interaction, lora=3 dimension=8",
        "splade, lora=2 head-start=none"
    })
    void what_was_learned_is_part_of_a_model_like_any_other(String recipe, String set) {
        float[] trained;
        try (ScorerTraining training = ScorerTraining.start(run(recipe, "out", set, Map.of()), PLAIN)) {
            ScorerTraining.Outcome outcome = training.run();
            assertThat(outcome.agreement()).isPresent();
            assertThat(String.join("\n", training.describe())).contains("parameters that stand still");
            trained = scores(training.model().reranker());
        }
        try (TextScorer opened = open(recipe, folder.resolve("out/model"))) {
            float[] found = scores(opened.reranker());
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isCloseTo(trained[i], within(1e-5f));
            }
            assertThat(opened.parameters().named().keySet())
                    .noneMatch(name -> name.startsWith("lora.") || name.equals(SoftPrompt.NAME));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-encoder", "late-interaction"})
    void a_soft_prompt_is_learned_before_a_model_that_had_been_trained(String recipe) {
        String shape = recipe.equals("cross-encoder") ? "" : "dimension=8 query-tokens=12";
        Path first = train(recipe, "first", shape, Map.of());
        Path second = train(recipe, "second", "soft-prompt=2", Map.of("base", first.toString()));

        Map<String, float[]> before = weights(first);
        Map<String, float[]> after = weights(second);
        String table = before.keySet().stream()
                .filter(name -> name.endsWith("word_embeddings.weight"))
                .findFirst()
                .orElseThrow();
        assertThat(at(after, table).length)
                .isEqualTo(
                        at(before, table).length + 2 * TinyModel.config(16, 2).hiddenSize());
        assertThat(changed(before, after)).noneMatch(name -> name.contains("embeddings") || name.contains("layer."));
        try (TextScorer opened = open(recipe, second)) {
            assertThat(scores(opened.reranker())).doesNotContain(Float.NaN);
        }
    }

    @ParameterizedTest
    @CsvSource({"cross-encoder, lora=2 soft-prompt=2", "late-interaction, lora=2 dimension=8", "splade, lora=2"})
    void a_run_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit(String recipe, String set) {
        Path straight = train(recipe, "straight", set, Map.of());
        ScorerTraining[] running = new ScorerTraining[1];
        TrainingListener stop = event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 4) {
                running[0].requestStop();
            }
        };
        ScorerTraining.Options stopped = PLAIN.with(model -> Validation.none(), List.of(stop), line -> {});
        try (ScorerTraining training = ScorerTraining.start(run(recipe, "resumed", set, Map.of()), stopped)) {
            running[0] = training;
            training.run();
        }
        try (ScorerTraining training = ScorerTraining.resume(folder.resolve("resumed"), PLAIN)) {
            training.run();
        }
        Map<String, float[]> expected = weights(straight);
        Map<String, float[]> found = weights(folder.resolve("resumed/model"));
        assertThat(changed(expected, found)).isEmpty();
    }

    @Test
    void what_cannot_be_is_refused_by_name() {
        assertThatThrownBy(() -> train("splade", "a", "soft-prompt=2", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("soft-prompt")
                .hasMessageContaining("none to find a text by");
        assertThatThrownBy(() -> train("late-interaction", "b", "soft-prompt=9 query-tokens=10", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set soft-prompt: expected at most");
        assertThatThrownBy(() -> train("cross-encoder", "e", "soft-prompt=12 max-tokens=16", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set soft-prompt: expected at most 11");
        assertThatThrownBy(() -> train("cross-encoder", "c", "lora-alpha=2", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set lora-alpha: has no effect without set lora");
        assertThatThrownBy(() -> train("cross-encoder", "d", "lora=2 lora-on=quary", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("query");
    }
}
