package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.core.Safetensors;
import io.chiaro.nn.Dropout;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TuningSettings.LowRank;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Low-rank updates of convolutions, and a border that is learned around pictures. */
@ExtendWith(LeakCheck.class)
class PictureTuningTest {

    private static final ConvConfig SMALLEST = new ConvConfig(
            "test",
            3,
            List.of(new ConvConfig.Stage(4, 2, 1), new ConvConfig.Stage(6, 1, 0)),
            2,
            1e-5,
            List.of(0.4, 0.5, 0.6),
            List.of(0.2, 0.25, 0.3),
            Optional.empty());
    private static final int SIDE = 16;
    private static final int BORDER = 2;
    private static final BorderShape SHAPE = new BorderShape(BORDER, SIDE, SIDE);
    private static final PictureTuning BOTH =
            new PictureTuning(true, Optional.of(new LowRank(2, 3, List.of("stage", "residual"))), Optional.of(SHAPE));

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static float[] random(String name, long count, double deviation) {
        RandomStream random = RandomStream.of(9, name);
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** An encoder whose factors and border have learned something. */
    private static PictureModel tuned() {
        PictureModel model = PictureModel.fresh(SMALLEST, 5, BOTH, builder -> {});
        ParameterStore parameters = model.encoder().parameters();
        try (Scope scope = Scope.open("learn")) {
            BOTH.start(parameters, 5);
            for (Parameter each : parameters.parameters()) {
                if (!each.name().endsWith(".A")) {
                    parameters
                            .array(each.name())
                            .put(random(each.name(), each.value().count(), 0.3));
                }
            }
        }
        return model;
    }

    private static float[] array(PictureModel model, String name) {
        try (Scope scope = Scope.open("array")) {
            return model.encoder().parameters().array(name).toFloats();
        }
    }

    @Test
    void an_encoder_with_updates_and_a_border_is_a_plain_one_of_changed_weights_on_changed_pictures() {
        Pictures pictures = Shapes.draw(4, 2);
        try (PictureModel model = tuned();
                PictureModel plain = PictureModel.fresh(SMALLEST, 5)) {
            for (NormalizedConv.Weight layer : ConvEncoder.weights(SMALLEST, List.of("stage", "residual"))) {
                String name = layer.prefix() + "conv.weight";
                float[] weight = array(model, name);
                float[] up = array(model, "lora." + name + ".B");
                float[] down = array(model, "lora." + name + ".A");
                int patch = layer.in() * 9;
                for (int i = 0; i < weight.length; i++) {
                    double change = 0;
                    for (int r = 0; r < 2; r++) {
                        change += 1.5 * up[i / patch * 2 + r] * down[r * patch + i % patch];
                    }
                    weight[i] += (float) change;
                }
                try (Scope scope = Scope.open("put")) {
                    plain.encoder().parameters().array(name).put(weight);
                }
            }
            float[] rows = array(model, "prompt.rows");
            float[] columns = array(model, "prompt.columns");
            float[] values = new float[4 * pictures.size().numbers()];
            for (int p = 0; p < 4; p++) {
                pictures.floats(p, values, p * pictures.size().numbers());
            }
            for (int at = 0; at < values.length; at++) {
                int c = at % 3;
                int j = at / 3 % SIDE;
                int i = at / 3 / SIDE % SIDE;
                double added = 0;
                int edge = i < BORDER ? i : i >= SIDE - BORDER ? i - SIDE + 2 * BORDER : -1;
                int side = j < BORDER ? j : j >= SIDE - BORDER ? j - SIDE + 2 * BORDER : -1;
                if (edge >= 0) {
                    added = rows[(c * 2 * BORDER + edge) * SIDE + j];
                } else if (side >= 0) {
                    added = columns[(c * (SIDE - 2 * BORDER) + i - BORDER) * 2 * BORDER + side];
                }
                // Added after the picture is normalised.
                values[at] += (float) (added * SMALLEST.deviation().get(c));
            }
            float[][] found = model.embed(pictures);
            try (Scope scope = Scope.open("plain");
                    Grad off = Grad.disabled()) {
                float[][] expected = plain.encoder()
                        .forward(new PictureChunk(values, 4, pictures.size()), Dropout.off())
                        .output()
                        .toRows();
                for (int p = 0; p < 4; p++) {
                    assertThat(found[p]).containsExactly(expected[p], within(2e-5f));
                }
            }
        }
    }

    @Test
    void only_factors_and_border_have_gradients_and_these_are_slopes() {
        Pictures pictures = Shapes.draw(3, 3);
        float[] values = new float[3 * pictures.size().numbers()];
        for (int p = 0; p < 3; p++) {
            pictures.floats(p, values, p * pictures.size().numbers());
        }
        PictureChunk chunk = new PictureChunk(values, 3, pictures.size());
        float[] weights = random("weights", 3L * SMALLEST.dimension(), 1);
        try (PictureModel model = tuned();
                Scope scope = Scope.open("test")) {
            ParameterStore parameters = model.encoder().parameters();
            assertThat(parameters.parameters())
                    .extracting(Parameter::name)
                    .allSatisfy(name -> assertThat(name).matches("lora\\..*\\.[AB]|prompt\\..*"));
            parameters.zeroGradients();
            model.encoder().forward(chunk, Dropout.off()).backward(Tensor.of(weights, 3, SMALLEST.dimension()));
            for (Parameter each : parameters.parameters()) {
                double[] gradient =
                        Objects.requireNonNull(each.value().gradient()).toDoubles();
                float[] before = parameters.array(each.name()).toFloats();
                // Along the gradient itself, where the slope is its length.
                double length = Math.sqrt(
                        Arrays.stream(gradient).map(value -> value * value).sum());
                assertThat(length).as(each.name()).isGreaterThan(1e-4);
                double step = 2e-3 / length;
                double[] ends = new double[2];
                for (int side = 0; side < 2; side++) {
                    float[] moved = before.clone();
                    for (int i = 0; i < moved.length; i++) {
                        moved[i] += (float) ((side == 0 ? -step : step) * gradient[i]);
                    }
                    parameters.array(each.name()).put(moved);
                    ends[side] = loss(model.encoder(), chunk, weights);
                }
                parameters.array(each.name()).put(before);
                assertThat((ends[1] - ends[0]) / 4e-3).as(each.name()).isCloseTo(length, within(0.02 * length + 1e-3));
            }
        }
    }

    private static double loss(ConvEncoder encoder, PictureChunk chunk, float[] weights) {
        try (Scope scope = Scope.open("loss");
                Grad off = Grad.disabled()) {
            double[] output = encoder.forward(chunk, Dropout.off()).output().toDoubles();
            double loss = 0;
            for (int i = 0; i < output.length; i++) {
                loss += output[i] * weights[i];
            }
            return loss;
        }
    }

    private Path base() {
        Path base = folder.resolve("base");
        if (!Files.exists(base)) {
            try (PictureModel model = PictureModel.fresh(ConvConfig.named("tiny", 3), 7)) {
                model.save(base);
            }
        }
        return base;
    }

    /** Of a few steps on drawn shapes; settings are written {@code key=value key=value}. */
    private RunFile run(String name, Path base, String set) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String one : set.split(" ")) {
            settings.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", "drawn")));
        told.put("base", base.toString());
        told.put("recipe", "sup-con");
        told.put("set", settings);
        told.put("out", folder.resolve(name).toString());
        told.put("steps", 6);
        told.put("batch", 12);
        told.put("learning-rate", 1e-2);
        told.put("threads", 2);
        return RunFile.defaults().with("test", told);
    }

    private static PictureTraining start(RunFile run) {
        return PictureTraining.start(run, Shapes.draw(60, 1), PictureTraining.Options.defaults());
    }

    @Test
    void updates_begin_at_the_base_train_little_and_are_saved_in_the_weights_to_the_bit() {
        Pictures pictures = Shapes.draw(5, 4);
        try (PictureTraining training = start(run("out", base(), "lora=2 lora-on=stage head=none"));
                PictureModel old = PictureModel.load(base())) {
            assertThat(training.model().embed(pictures)).isDeepEqualTo(old.embed(pictures));
            // Two times the sides of 32 x 27, 64 x 288 and 128 x 576.
            assertThat(training.model().encoder().parameters().count()).isEqualTo(2 * (32 + 27 + 64 + 288 + 128 + 576));
            assertThat(training.describe().get(0)).contains("stand still, 2,230 that are trained");
            training.run();
            float[][] learned = training.model().embed(pictures);
            assertThat(learned).isNotEqualTo(old.embed(pictures));
            try (PictureModel saved = PictureModel.load(folder.resolve("out/model"))) {
                assertThat(saved.embed(pictures)).isDeepEqualTo(learned);
                assertThat(saved.encoder().border()).isEmpty();
                for (String name : saved.encoder().arrayNames()) {
                    if (name.endsWith("conv.weight")) {
                        assertThat(array(saved, name)).isNotEqualTo(array(old, name));
                    } else {
                        assertThat(array(saved, name)).as(name).containsExactly(array(old, name));
                    }
                }
            }
        }
    }

    @Test
    void a_border_begins_at_the_base_learns_alone_and_is_saved_beside_the_weights() {
        Pictures pictures = Shapes.draw(5, 4);
        List<Double> losses = new ArrayList<>();
        PictureTraining.Options listening = PictureTraining.Options.defaults().withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                losses.add(step.loss());
            }
        }));
        RunFile run = run("out", base(), "soft-prompt=3 head=none augmentation=none")
                .with("test", Map.of("steps", 40, "learning-rate", 5e-2, "batch", 60));
        try (PictureTraining training = PictureTraining.start(run, Shapes.draw(60, 1), listening);
                PictureModel old = PictureModel.load(base())) {
            assertThat(training.model().embed(pictures)).isDeepEqualTo(old.embed(pictures));
            assertThat(training.model().encoder().parameters().count()).isEqualTo(2 * 3 * 3 * (16 + 16 - 2 * 3));
            training.run();
            assertThat(losses.get(39)).isLessThan(losses.get(0) - 0.02);
            float[][] learned = training.model().embed(pictures);
            assertThat(learned).isNotEqualTo(old.embed(pictures));
            try (PictureModel saved = PictureModel.load(folder.resolve("out/model"));
                    Safetensors stored = Safetensors.open(folder.resolve("out/model/model.safetensors"))) {
                assertThat(saved.embed(pictures)).isDeepEqualTo(learned);
                assertThat(saved.hash()).isEqualTo(training.model().hash()).isNotEqualTo(old.hash());
                assertThat(saved.encoder().border()).contains(new BorderShape(3, 16, 16));
                assertThat(stored.names()).contains("prompt.rows", "prompt.columns");
                old.encoder()
                        .arrayNames()
                        .forEach(name -> assertThat(array(saved, name)).containsExactly(array(old, name)));
                // Pictures of another size are brought to that of the border.
                assertThat(saved.embed(pictures.resized(new Resize(32, 32)))).hasDimensions(5, 128);
            }
        }
    }

    private static void train(RunFile run) {
        try (PictureTraining training = start(run)) {
            assertThat(training.run()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
    }

    @Test
    void a_model_with_a_border_is_trained_further_with_it_beside_it_or_around_it() {
        train(run("first", base(), "soft-prompt=2"));
        Path first = folder.resolve("first/model");
        train(run("further", first, "soft-prompt=2"));
        train(run("beside", first, "lora=2"));
        train(run("whole", first, "chunk-pictures=7"));
        try (PictureModel before = PictureModel.load(first);
                PictureModel further = PictureModel.load(folder.resolve("further/model"));
                PictureModel beside = PictureModel.load(folder.resolve("beside/model"));
                PictureModel whole = PictureModel.load(folder.resolve("whole/model"))) {
            String weight = "stages.1.conv.weight";
            String border = "prompt.columns";
            assertThat(array(further, border)).isNotEqualTo(array(before, border));
            assertThat(array(further, weight)).containsExactly(array(before, weight));
            assertThat(array(beside, border)).containsExactly(array(before, border));
            assertThat(array(beside, weight)).isNotEqualTo(array(before, weight));
            assertThat(array(whole, border)).isNotEqualTo(array(before, border));
            assertThat(array(whole, weight)).isNotEqualTo(array(before, weight));
        }
        assertThatThrownBy(() -> start(run("other", first, "soft-prompt=3")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected 2 pixels, as the border of the base has, but found 3");
        Pictures larger = Shapes.draw(12, 1).resized(new Resize(20, 20));
        assertThatThrownBy(() -> PictureTraining.start(
                        run("larger", first, "lora=2"), larger, PictureTraining.Options.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("border for pictures of 16x16, but found pictures of 20x20x3");
    }

    @Test
    void pictures_of_other_channels_are_refused_in_a_sentence() {
        try (PictureModel grey = PictureModel.fresh(ConvConfig.named("tiny", 1), 7)) {
            assertThatThrownBy(() -> grey.embed(Shapes.draw(2, 1)))
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.DATA))
                    .hasMessageContaining("expected pictures of 1 channels");
        }
    }
}
