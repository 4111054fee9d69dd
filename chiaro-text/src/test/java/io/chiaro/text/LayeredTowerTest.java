package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.model.TextRole;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Earlier layers that learn beside the last, and models that are cut after one of them. */
@ExtendWith(LeakCheck.class)
class LayeredTowerTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private RunFile run(String name, String recipe, String set) {
        Map<String, String> settings = new TreeMap<>();
        for (String pair : set.split(" ")) {
            settings.put(pair.split("=")[0], pair.split("=")[1]);
        }
        return TinyRun.run(folder, name, Map.of("recipe", recipe, "set", settings, "steps", 12));
    }

    @Test
    void rows_are_the_vectors_of_the_last_layer_and_of_those_before_it() {
        List<String> texts = List.of("ba du mo", "ti", "re na ke mo du");
        try (TextModel model = TextModel.load("fresh:" + TinyModel.write(folder.resolve("shape")), 3)) {
            List<float[][]> layers = TextInspection.layers(model, texts, TextRole.TEXT);
            List<int[]> tokens = model.tokenizer().encodeAll(texts, 40);
            try (Scope scope = Scope.open("test");
                    Grad off = Grad.disabled()) {
                float[][] rows = new LayeredTower(model.tower(), 1)
                        .forward(PackedSequences.of(tokens), Dropout.off())
                        .output()
                        .toRows();
                int width = model.tower().dimension();
                for (int i = 0; i < texts.size(); i++) {
                    for (int before = 0; before <= 1; before++) {
                        for (int k = 0; k < width; k++) {
                            assertThat(rows[i][before * width + k])
                                    .isCloseTo(layers.get(2 - before)[i][k], within(1e-5f));
                        }
                    }
                }
            }
            assertThatThrownBy(() -> new LayeredTower(model.tower(), 2))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("at most 1");
        }
    }

    @Test
    void a_model_cut_after_its_first_layer_embeds_as_that_layer_did() {
        List<String> texts = List.of("ba du mo", "ti re", "mo");
        try (TextModel model = TextModel.load("fresh:" + TinyModel.write(folder.resolve("shape")), 3);
                TextModel cut = model.ofLayers(1)) {
            float[][] expected =
                    TextInspection.layers(model, texts, TextRole.TEXT).get(1);
            float[][] found = TextInspection.layers(cut, texts, TextRole.TEXT).get(1);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(found[i]).containsExactly(expected[i], within(1e-6f));
            }
            assertThat(cut.specification().config().layers()).isEqualTo(1);
            assertThatThrownBy(() -> model.ofLayers(3)).isInstanceOf(ChiaroException.class);
            assertThatThrownBy(() -> model.ofLayers(0)).isInstanceOf(ChiaroException.class);
        }
    }

    @Test
    void every_layer_learns() {
        List<Map<String, Double>> components = new ArrayList<>();
        TrainingListener watching = event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                components.add(step.components());
            }
        };
        RunFile run = run("out", "info-nce", "layers=1").with("test", Map.of("steps", 60));
        TinyRun.train(run, PLAIN.withListeners(List.of(watching)));
        for (String loss : List.of("loss-last-layer", "loss-1-before")) {
            assertThat(mean(components.subList(50, 60), loss))
                    .as(loss)
                    .isLessThan(0.9 * mean(components.subList(0, 10), loss));
        }
    }

    private static double mean(List<Map<String, Double>> components, String name) {
        return components.stream()
                .mapToDouble(each -> Objects.requireNonNull(each.get(name)))
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "info-nce, layers=1",
        "info-nce, layers=1 matryoshka=16;8",
        "clip, layers=1 layers-weight=0.5 temperature-policy=learned",
        "info-nce, layers=1 lora=2"
    })
    void a_run_of_several_layers_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit(
            String recipe, String set) {
        String settings = set.replace(';', ',');
        TinyRun.train(run("straight", recipe, settings), PLAIN);

        TextTraining[] running = new TextTraining[1];
        TrainingListener stop = event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 7) {
                running[0].requestStop();
            }
        };
        try (TextTraining training =
                TextTraining.start(run("resumed", recipe, settings), PLAIN.withListeners(List.of(stop)))) {
            running[0] = training;
            training.run();
        }
        try (TextTraining training = TextTraining.resume(folder.resolve("resumed"), PLAIN)) {
            training.run();
        }
        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void the_size_of_a_chunk_does_not_change_the_gradient() {
        List<Double> norms = new ArrayList<>();
        for (int tokens : new int[] {1, 100_000}) {
            TrainingListener watching = event -> {
                if (event instanceof TrainingEvent.StepDone step) {
                    norms.add(step.gradientNorm());
                }
            };
            RunFile run = run("chunk-" + tokens, "info-nce", "layers=1")
                    .with("test", Map.of("chunk-tokens", tokens, "steps", 1));
            TinyRun.train(run, PLAIN.withListeners(List.of(watching)));
        }
        assertThat(norms.get(1)).isCloseTo(norms.get(0), org.assertj.core.api.Assertions.withinPercentage(0.01));
    }

    @ParameterizedTest
    @CsvSource({
        "info-nce, layers=2, at most 1",
        "info-nce, layers=1 head=8, set head",
        "byol, layers=1, a recipe of several towers",
        "moco, layers=1, queue",
        "co-ca, layers=1, set auxiliary"
    })
    void what_does_not_fit_is_refused(String recipe, String set, String message) {
        assertThatThrownBy(() -> TinyRun.train(run("refused", recipe, set), PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(message);
    }
}
