package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.Safetensors;
import io.chiaro.model.SparseCode;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A run of csr learns a code of what a frozen encoder gives away, and leaves it beside the model. */
@ExtendWith(LeakCheck.class)
class SparseCodeRunTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private Map<String, Object> changes(String recipe, int steps, Map<String, String> set) {
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("recipe", recipe);
        changes.put("steps", steps);
        changes.put("set", set);
        // What is learned beside the model learns a hundred times as fast.
        changes.put("learning-rate", 2e-4);
        return changes;
    }

    private static final Map<String, String> SMALL = Map.of("active", "3", "latents", "40", "contrast", "0.1");

    private List<Double> losses(String name, Map<String, Object> changes) {
        List<Double> losses = new ArrayList<>();
        TextTraining.Options options = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                losses.add(step.loss());
            }
        }));
        TinyRun.train(TinyRun.run(folder, name, changes), options);
        return losses;
    }

    private float[][] vectors(String name) {
        try (TextModel model =
                TextModel.load(folder.resolve(name).resolve("model").toString(), 42)) {
            return model.embedTokens(TinyModel.tokens(RandomStream.of(5, "texts"), 6, 9, 4, 11));
        }
    }

    @Test
    void the_encoder_stands_still_while_the_code_learns() {
        List<Double> losses = losses("coded", changes("csr", 60, SMALL));
        losses("shorter", changes("csr", 1, SMALL));

        assertThat(vectors("coded")).isDeepEqualTo(vectors("shorter"));
        assertThat(losses.get(losses.size() - 1)).isLessThan(0.7 * losses.get(0));
    }

    @Test
    void the_code_lies_beside_the_model_and_writes_what_it_was_taught_to() {
        losses("coded", changes("csr", 60, SMALL));
        Path model = folder.resolve("coded/model");
        SparseCode code = SparseCode.open(model);
        assertThat(code.active()).isEqualTo(3);
        assertThat(code.latents()).isEqualTo(40);
        for (float[] vector : vectors("coded")) {
            int active = 0;
            for (float number : code.of(vector, 3)) {
                active += number > 0 ? 1 : 0;
            }
            assertThat(active).isBetween(1, 3);
        }
        try (Safetensors weights = Safetensors.open(model.resolve("model.safetensors"))) {
            assertThat(weights.names()).noneMatch(name -> name.startsWith("head."));
        }
    }

    @Test
    void a_run_that_is_resumed_writes_the_same_code() {
        losses("straight", changes("csr", 8, SMALL));
        List<Runnable> stop = new ArrayList<>();
        TextTraining.Options stopping = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 5) {
                stop.forEach(Runnable::run);
            }
        }));
        try (TextTraining training =
                TextTraining.start(TinyRun.run(folder, "resumed", changes("csr", 8, SMALL)), stopping)) {
            stop.add(training::requestStop);
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (TextTraining training = TextTraining.resume(folder.resolve("resumed"), PLAIN)) {
            training.run();
        }
        SparseCode straight = SparseCode.open(folder.resolve("straight/model"));
        SparseCode resumed = SparseCode.open(folder.resolve("resumed/model"));
        for (float[] vector : vectors("straight")) {
            assertThat(resumed.of(vector, 40)).isEqualTo(straight.of(vector, 40));
        }
    }

    @Test
    void the_encoder_learns_too_where_it_is_told_to() {
        Map<String, String> trained = new LinkedHashMap<>(SMALL);
        trained.put("encoder", "trained");
        losses("trained", changes("csr", 3, trained));
        losses("frozen", changes("csr", 3, SMALL));
        assertThat(TinyRun.weights(folder.resolve("trained"))).isNotEqualTo(TinyRun.weights(folder.resolve("frozen")));
    }

    @Test
    void no_code_is_written_of_what_the_model_does_not_give_away() {
        Map<String, String> headed = new LinkedHashMap<>(SMALL);
        headed.put("head", "16-12");
        losses("headed", changes("csr", 2, headed));
        assertThat(SparseCode.isBeside(folder.resolve("headed/model"))).isFalse();
        losses("plain", changes("info-nce", 2, Map.of()));
        assertThat(SparseCode.isBeside(folder.resolve("plain/model"))).isFalse();
    }

    @Test
    void a_frozen_encoder_with_nothing_beside_it_is_refused() {
        refused("info-nce", Map.of("encoder", "frozen"), "learns nothing beside");
        refused("moco", Map.of("encoder", "frozen"), "averaged twin");
        refused("info-nce", Map.of("encoder", "frosen"), "Did you mean \"frozen\"?");
    }

    private void refused(String recipe, Map<String, String> set, String reason) {
        assertThatThrownBy(() -> TextTraining.start(TinyRun.run(folder, "refused", changes(recipe, 2, set)), PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(reason);
    }
}
