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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ways in which a run learns, whatever its recipe. */
@ExtendWith(LeakCheck.class)
class OptimisationTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Settings are written {@code key=value key=value}. */
    private static Map<String, Object> changes(String recipe, String optimizer, int accumulate, String set) {
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("recipe", recipe);
        changes.put("optimizer", optimizer);
        changes.put("accumulate", accumulate);
        changes.put("steps", 8);
        Map<String, String> settings = new LinkedHashMap<>();
        if (!set.isEmpty()) {
            for (String one : set.split(" ")) {
                settings.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
            }
        }
        changes.put("set", settings);
        return changes;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "info-nce;lars;1;''",
                "info-nce;lars-clipped;1;''",
                "info-nce;adamw;3;''",
                "tico;adamw;2;''",
                "info-nce;adamw;1;sharpness-radius=0.05",
                "tico;adamw;2;sharpness-radius=0.05",
                "swav;sgd;1;sharpness-radius=0.05 prototypes=12",
                "info-nce;adamw;1;average=0.8",
                "info-nce;lazy-adamw;1;average=0.8 sharpness-radius=0.02",
                "info-nce;adamw;1;lora=2",
                "info-nce;lazy-adamw;1;lora=3 lora-on=query,key,value,attention-output,inner,outer average=0.8",
                "moco;adamw;1;sharpness-radius=0.05 queue=32",
                "moco;adamw;1;lora=2 queue=32 momentum=0.8:1",
                "byol;lazy-adamw;2;lora=3 lora-on=inner,outer momentum=0.9 head=16-8 predictor=none",
                "info-nce;adamw;1;also=koleo,vicreg also-weights=0.1,0.5",
                "info-nce;adamw;1;also=vicreg combine=uncertainty",
                "info-nce;adamw;1;also=vicreg combine=pcgrad",
                "info-nce;adamw;1;also=vicreg,koleo combine=mgda vicreg.variance=5",
                "info-nce;adamw;1;also=swav prototypes=12"
            })
    void a_resumed_run_is_the_straight_one_to_the_bit(String recipe, String optimizer, int accumulate, String set) {
        Map<String, Object> changes = changes(recipe, optimizer, accumulate, set);
        changes.put("best-metric", "spearman");
        TextTraining.Options judged = PLAIN.withValidation(TinyRun::restless);
        TinyRun.train(TinyRun.run(folder, "straight", changes), judged);

        stopAndResume(TinyRun.run(folder, "resumed", changes), judged, 3);

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    private static void stopAndResume(RunFile run, TextTraining.Options options, long stopAt) {
        List<Runnable> stop = new ArrayList<>();
        TextTraining.Options stopping = options.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == stopAt) {
                stop.forEach(Runnable::run);
            }
        }));
        try (TextTraining training = TextTraining.start(run, stopping)) {
            stop.add(training::requestStop);
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (TextTraining training = TextTraining.resume(Path.of(run.out().orElseThrow()), options)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "accumulate",
        "sharpness-radius=0.05",
        "average=0.5",
        "lora=2",
        "also=vicreg",
        "also=vicreg combine=mgda"
    })
    void each_of_them_changes_what_is_learned(String set) {
        boolean accumulates = set.equals("accumulate");
        TinyRun.train(TinyRun.run(folder, "plain", changes("info-nce", "adamw", 1, "")), PLAIN);
        TinyRun.train(
                TinyRun.run(folder, "other", changes("info-nce", "adamw", accumulates ? 2 : 1, accumulates ? "" : set)),
                PLAIN);
        assertThat(TinyRun.weights(folder.resolve("other"))).isNotEqualTo(TinyRun.weights(folder.resolve("plain")));
    }

    @ParameterizedTest
    @CsvSource({"masked-language-model", "tsdae", "simcse"})
    void bare_texts_learn_with_a_radius_an_average_and_low_rank_updates_too(String recipe) {
        TinyRun.pairs(folder, 300);
        Map<String, Object> changes = changes(recipe, "adamw", 2, "sharpness-radius=0.02 average=0.5 lora=2");
        changes.put(
                "data",
                List.of(Map.of(
                        "path", folder.resolve("pairs.jsonl").toString(), "roles", Map.of("anchor", "positive"))));
        TinyRun.train(TinyRun.run(folder, "straight", changes), PLAIN);
        stopAndResume(TinyRun.run(folder, "resumed", changes), PLAIN, 3);
        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void the_sharpness_is_told_with_each_step() {
        List<TrainingEvent.StepDone> steps = new ArrayList<>();
        TextTraining.Options listening = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                steps.add(step);
            }
        }));
        TinyRun.train(TinyRun.run(folder, "out", changes("info-nce", "adamw", 1, "sharpness-radius=0.05")), listening);
        assertThat(steps).hasSize(8);
        // Uphill, by definition: to first order the loss rises by the radius times the norm of the gradient.
        assertThat(steps)
                .allSatisfy(
                        step -> assertThat(step.components().get("sharpness")).isPositive());
    }

    @Test
    void low_rank_updates_begin_at_the_base_train_little_and_need_little() {
        Path base = folder.resolve("base");
        try (TextModel model = TextModel.load("fresh:" + TinyModel.write(folder.resolve("shape")), 3)) {
            model.save(base, io.chiaro.model.ModelCard.of("test"));
        }
        List<int[]> texts = TinyModel.tokens(RandomStream.of(5, "texts"), 6, 9, 12);
        Map<String, Object> changes = changes("info-nce", "adamw", 1, "lora=2");
        changes.put("base", base.toString());
        Map<String, Object> whole = changes("info-nce", "adamw", 1, "");
        whole.put("base", base.toString());
        Map<String, Long> plain;
        try (TextTraining training = TextTraining.start(TinyRun.run(folder, "whole", whole), PLAIN)) {
            plain = training.memory().parts();
        }
        float[][] before;
        try (TextModel model = TextModel.load(base.toString(), 3)) {
            before = model.embedTokens(texts);
        }
        float[][] merged;
        String hash;
        try (TextTraining training = TextTraining.start(TinyRun.run(folder, "low", changes), PLAIN)) {
            assertThat(training.model().embedTokens(texts)).isDeepEqualTo(before);
            // Two layers, two matrices each, 2 x 16 + 16 x 2 numbers a matrix.
            assertThat(training.model().parameters().count()).isEqualTo(2 * 2 * 64);
            Map<String, Long> parts = training.memory().parts();
            assertThat(part(parts, "gradients")).isLessThan(part(plain, "gradients") / 20);
            assertThat(part(parts, "optimizer")).isLessThan(part(plain, "optimizer") / 20);
            assertThat(training.describe().get(0)).contains("stand still", "256 that are trained");
            assertThat(training.run().parity().orElseThrow().minimumCosine()).isGreaterThanOrEqualTo(0.99999);
            merged = training.model().embedTokens(texts);
            assertThat(merged).isNotEqualTo(before);
            hash = training.model().hash();
        }
        // The saved model is an ordinary one, and only the named matrices have moved.
        try (TextModel saved = TextModel.load(folder.resolve("low/model").toString(), 0);
                TextModel old = TextModel.load(base.toString(), 0)) {
            assertThat(saved.embedTokens(texts)).isDeepEqualTo(merged);
            assertThat(saved.hash()).isEqualTo(hash);
            saved.tower().encoder().arrayNames().forEach(name -> {
                boolean moves = name.endsWith("query.weight") || name.endsWith("value.weight");
                float[] now = array(saved, name);
                if (moves) {
                    assertThat(now).isNotEqualTo(array(old, name));
                } else {
                    assertThat(now).as(name).containsExactly(array(old, name));
                }
            });
        }
    }

    @Test
    void a_twin_follows_what_is_learned_in_place_of_the_weights() {
        // Beside one that is always the model's equal, or that never moves.
        for (String momentum : List.of("0", "0.5", "1")) {
            Map<String, Object> changes = changes("moco", "adamw", 1, "lora=2 queue=32 momentum=" + momentum);
            try (TextTraining training = TextTraining.start(TinyRun.run(folder, momentum, changes), PLAIN)) {
                assertThat(part(training.memory().parts(), "averaged twin"))
                        .isGreaterThan(part(training.memory().parts(), "gradients"));
                training.run();
            }
        }
        byte[] follows = TinyRun.weights(folder.resolve("0.5"));
        assertThat(follows).isNotEqualTo(TinyRun.weights(folder.resolve("0")));
        assertThat(follows).isNotEqualTo(TinyRun.weights(folder.resolve("1")));
    }

    private static long part(Map<String, Long> parts, String name) {
        return Objects.requireNonNull(parts.get(name));
    }

    private static float[] array(TextModel model, String name) {
        try (io.chiaro.tensor.Scope scope = io.chiaro.tensor.Scope.open("array")) {
            return model.parameters().array(name).toFloats();
        }
    }

    @Test
    void a_run_with_low_rank_updates_judges_before_the_merge_what_it_saves_after() {
        List<float[][]> judged = new ArrayList<>();
        List<int[]> texts = TinyModel.tokens(RandomStream.of(5, "texts"), 6, 9, 12);
        Map<String, Object> changes = changes("info-nce", "adamw", 1, "lora=4 lora-on=query,inner,outer");
        try (TextTraining training = TextTraining.start(
                TinyRun.run(folder, "out", changes), PLAIN.withValidation(model -> new io.chiaro.train.Validation() {
                    @Override
                    public java.util.Set<String> metrics() {
                        return java.util.Set.of("spearman");
                    }

                    @Override
                    public Map<String, Double> judge() {
                        judged.add(model.embedTokens(texts));
                        return Map.of("spearman", 0.0);
                    }
                }))) {
            training.run();
            float[][] last = judged.get(judged.size() - 1);
            float[][] merged = training.model().embedTokens(texts);
            for (int i = 0; i < merged.length; i++) {
                assertThat(merged[i]).containsExactly(last[i], within(1e-5f));
            }
        }
    }

    @Test
    void accumulation_says_that_it_adds_no_negatives_and_what_would() {
        Map<String, Object> changes = changes("info-nce", "adamw", 4, "");
        changes.put("batch", 16);
        try (TextTraining training = TextTraining.start(TinyRun.run(folder, "out", changes), PLAIN)) {
            assertThat(String.join("\n", training.describe()))
                    .contains("contrasted with the 15 other records of its batch")
                    .contains("the mean over 4 batches, each contrasted only with itself: this adds no negatives")
                    .contains("--batch 64 would, and --chunk-tokens bounds its memory");
        }
    }

    @Test
    void epochs_take_so_many_fewer_steps_and_leave_nothing_out() {
        Map<String, Object> changes = changes("info-nce", "adamw", 4, "");
        RunFile run = TinyRun.run(folder, "out", changes).with("test", Map.of("epochs", 1));
        try (TextTraining training = TextTraining.start(run, PLAIN)) {
            // 300 pairs in batches of 16 are 18 whole ones, of which four make a step.
            assertThat(training.steps()).isEqualTo(5);
        }
    }

    @Test
    void several_objectives_are_told_by_their_slots() {
        Map<String, Object> changes =
                changes("info-nce", "adamw", 1, "also=vicreg also-weights=0.5 combine=pcgrad scale=10");
        try (TextTraining training = TextTraining.start(TinyRun.run(folder, "out", changes), PLAIN)) {
            assertThat(training.slots())
                    .containsEntry("recipe", "info-nce")
                    .containsEntry("scale", "10")
                    .containsEntry("objectives", "1.0 info-nce + 0.5 vicreg")
                    .containsEntry("combine", "pcgrad")
                    .containsKey("vicreg.loss");
        }
    }

    private void assertFails(String recipe, String set, String... parts) {
        RunFile run = TinyRun.run(folder, "out", changes(recipe, "adamw", 1, set));
        assertThatThrownBy(() -> TextTraining.start(run, PLAIN).close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n")
                .endsWith(".");
    }

    @Test
    void what_does_not_fit_is_refused_in_a_sentence() {
        assertFails("info-nce", "lora=0", "set lora", "\"0\"");
        assertFails("info-nce", "lora=2.5", "whole number from 1 to 16");
        assertFails("info-nce", "lora=99", "set lora", "99");
        assertFails("info-nce", "lora-alpha=4", "set lora-alpha: has no effect without set lora");
        assertFails("info-nce", "lora=2 lora-on=quary", "lora-on: unknown name \"quary\"", "query");
        assertFails("info-nce", "lora=2 lora-on=query,query", "each name once");
        assertFails("info-nce", "average=1", "set average", "below 1.0");
        assertFails("info-nce", "sharpness-radius=-1", "set sharpness-radius", "above 0");
        assertFails("info-nce", "also=koleoo", "recipe: unknown name \"koleoo\"", "koleo");
        assertFails("info-nce", "also=tsdae", "tsdae is no objective on embeddings");
        assertFails("info-nce", "also=koleo also-weights=1,2", "a number for each of the 1 recipes");
        assertFails("info-nce", "combine=pcgrad", "set combine: has no effect without set also");
        assertFails("info-nce", "also=esimcse", "esimcse brings settings of the run");
        assertFails("info-nce", "also=koleo combine=pcgard", "unknown name \"pcgard\"", "pcgrad");
        assertFails("info-nce", "also=koleo koleo.nothing=1", "recipe koleo: unknown slot \"nothing\"");
        assertFails("info-nce", "vicreg.variance=1", "unknown slot \"vicreg.variance\"");
        assertFails("moco", "also=ressl", "both remember \"queue\"");
        assertFails("info-nce", "also=moco", "compare views of different towers");
        assertFails("moco", "encoder=frozen", "averaged twin", "stands still");
        assertFails("info-nce", "lora=2 encoder=trained", "set encoder", "stand still beside set lora");
        assertFails("info-nce", "also=simcse", "would ignore the role positive");
        assertFails("info-nce", "sharpnes-radius=1", "unknown slot \"sharpnes-radius\"");
    }
}
