package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.nn.Dropout;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class ConvEncoderTest {

    private static final ConvConfig SMALLEST = new ConvConfig(
            "test",
            3,
            List.of(new ConvConfig.Stage(4, 2, 1), new ConvConfig.Stage(6, 1, 0)),
            2,
            1e-5,
            List.of(0.4, 0.5, 0.6),
            List.of(0.2, 0.25, 0.3),
            Optional.empty());

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static PictureChunk chunk(Pictures pictures) {
        float[] values = new float[pictures.count() * pictures.size().numbers()];
        for (int i = 0; i < pictures.count(); i++) {
            pictures.floats(i, values, i * pictures.size().numbers());
        }
        return new PictureChunk(values, pictures.count(), pictures.size());
    }

    /** [channels][height][width] of a picture after the encoder's normalisation. */
    private static double[][][] planes(Pictures pictures, int picture, ConvConfig config) {
        PictureSize size = pictures.size();
        byte[] pixels = pictures.pixels(picture);
        double[][][] planes = new double[size.channels()][size.height()][size.width()];
        for (int i = 0; i < pixels.length; i++) {
            int c = i % size.channels();
            planes[c][i / size.channels() / size.width()][i / size.channels() % size.width()] =
                    ((pixels[i] & 0xFF) / 255.0 - config.mean().get(c))
                            / config.deviation().get(c);
        }
        return planes;
    }

    private static double[][][] layer(ConvEncoder encoder, String prefix, double[][][] x, int stride) {
        return layer(encoder, prefix, x, stride, 1);
    }

    private static double[][][] layer(ConvEncoder encoder, String prefix, double[][][] x, int stride, int padding) {
        Tensor weight = encoder.parameters().array(prefix + "conv.weight");
        double[] w = weight.toDoubles();
        double[] scale = encoder.parameters().array(prefix + "norm.weight").toDoubles();
        double[] shift = encoder.parameters().array(prefix + "norm.bias").toDoubles();
        int out = (int) weight.size(0);
        int height = (x[0].length + 2 * padding - 3) / stride + 1;
        int width = (x[0][0].length + 2 * padding - 3) / stride + 1;
        double[][][] y = new double[out][height][width];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < height; i++) {
                for (int j = 0; j < width; j++) {
                    for (int c = 0; c < x.length; c++) {
                        for (int k = 0; k < 9; k++) {
                            int row = i * stride + k / 3 - padding;
                            int column = j * stride + k % 3 - padding;
                            if (row >= 0 && row < x[0].length && column >= 0 && column < x[0][0].length) {
                                y[o][i][j] += x[c][row][column] * w[(o * x.length + c) * 9 + k];
                            }
                        }
                    }
                }
            }
        }
        int each = out / encoder.config().groups();
        for (int g = 0; g < encoder.config().groups(); g++) {
            double sum = 0;
            double squares = 0;
            for (int o = g * each; o < (g + 1) * each; o++) {
                for (double[] row : y[o]) {
                    for (double value : row) {
                        sum += value;
                        squares += value * value;
                    }
                }
            }
            double count = each * height * width;
            double mean = sum / count;
            double deviation =
                    Math.sqrt(squares / count - mean * mean + encoder.config().epsilon());
            for (int o = g * each; o < (g + 1) * each; o++) {
                for (double[] row : y[o]) {
                    for (int j = 0; j < width; j++) {
                        row[j] = (row[j] - mean) / deviation * scale[o] + shift[o];
                    }
                }
            }
        }
        return y;
    }

    private static double[][][] rectified(double[][][] x, double[][][] residual) {
        for (int c = 0; c < x.length; c++) {
            for (int i = 0; i < x[c].length; i++) {
                for (int j = 0; j < x[c][i].length; j++) {
                    x[c][i][j] = Math.max(0, x[c][i][j] + (residual.length == 0 ? 0 : residual[c][i][j]));
                }
            }
        }
        return x;
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "2, 2", "1, 1", "1, 2"})
    void the_encoder_equals_plain_loops_in_double_precision(int stride, int padding) {
        Pictures pictures = Shapes.draw(4, 2);
        double[][][] none = {};
        ConvConfig config = new ConvConfig(
                "test",
                3,
                List.of(new ConvConfig.Stage(4, stride, 1), new ConvConfig.Stage(6, 1, 0)),
                2,
                1e-5,
                SMALLEST.mean(),
                SMALLEST.deviation(),
                Optional.of(padding));
        try (ConvEncoder encoder = ConvEncoder.create(config).initialize(5)) {
            float[][] found = PictureEmbedder.of(encoder).embed(pictures);
            for (int p = 0; p < pictures.count(); p++) {
                double[][][] x =
                        rectified(layer(encoder, "stages.0.", planes(pictures, p, config), stride, padding), none);
                if (stride == 1) {
                    // Pictures are 16 x 16: a padding of 2 makes maps of 18 x 18.
                    assertThat(x[0].length).isEqualTo(padding == 2 ? 18 : 16);
                }
                double[][][] inner = rectified(layer(encoder, "stages.0.residual.0.0.", x, 1), none);
                x = rectified(layer(encoder, "stages.0.residual.0.1.", inner, 1), x);
                x = rectified(layer(encoder, "stages.1.", x, 1), none);
                for (int c = 0; c < x.length; c++) {
                    double mean = 0;
                    for (double[] row : x[c]) {
                        for (double value : row) {
                            mean += value / (x[c].length * row.length);
                        }
                    }
                    assertThat((double) found[p][c]).isCloseTo(mean, within(1e-5));
                }
            }
        }
    }

    @Test
    void a_picture_does_not_depend_on_those_beside_it() {
        Pictures pictures = Shapes.draw(7, 2);
        try (ConvEncoder encoder =
                ConvEncoder.create(ConvConfig.named("tiny", 3)).initialize(5)) {
            float[][] together = PictureEmbedder.of(encoder).embed(pictures);
            float[][] alone = new PictureEmbedder(encoder, 1).embed(pictures);
            for (int i = 0; i < together.length; i++) {
                assertThat(alone[i]).containsExactly(together[i], within(1e-5f));
            }
        }
    }

    @Test
    void weights_are_drawn_from_the_seed_with_the_variance_of_he_et_al() {
        try (ConvEncoder one = ConvEncoder.create(ConvConfig.named("small", 1)).initialize(5);
                ConvEncoder again =
                        ConvEncoder.create(ConvConfig.named("small", 1)).initialize(5);
                ConvEncoder other =
                        ConvEncoder.create(ConvConfig.named("small", 1)).initialize(6)) {
            String name = "stages.2.residual.0.1.conv.weight";
            float[] values = one.parameters().array(name).toFloats();
            assertThat(again.parameters().array(name).toFloats()).containsExactly(values);
            assertThat(other.parameters().array(name).toFloats()).isNotEqualTo(values);
            double squares = 0;
            for (float value : values) {
                squares += value * value;
            }
            assertThat(squares / values.length).isCloseTo(2.0 / (128 * 9), within(3e-5));
        }
    }

    @Test
    void sizes_cost_what_their_docs_say() {
        PictureSize size = new PictureSize(32, 32, 3);
        assertThat(ConvConfig.named("tiny", 3).multiplications(size) / 1e6).isCloseTo(2.6, within(0.05));
        assertThat(ConvConfig.named("small", 3).multiplications(size) / 1e6).isCloseTo(17, within(0.5));
        assertThat(ConvConfig.named("resnet9", 3).multiplications(size) / 1e6).isCloseTo(210, within(1.0));
        assertThatThrownBy(() -> ConvConfig.named("tinny", 3))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"tiny\"?");
    }

    @Test
    void a_padded_stem_costs_what_its_larger_maps_cost() {
        PictureSize size = new PictureSize(32, 32, 3);
        ConvConfig config = new ConvConfig(
                "test",
                3,
                List.of(new ConvConfig.Stage(4, 1, 0), new ConvConfig.Stage(5, 2, 0)),
                1,
                1e-5,
                SMALLEST.mean(),
                SMALLEST.deviation(),
                Optional.empty());
        assertThat(config.multiplications(size)).isEqualTo(9 * (32 * 32 * 4 * 3 + 16 * 16 * 5 * 4));
        assertThat(config.withStemPadding(2).multiplications(size)).isEqualTo(9 * (34 * 34 * 4 * 3 + 17 * 17 * 5 * 4));
        assertThat(config.withStemPadding(1)).isEqualTo(config);
        assertThatThrownBy(() -> config.withStemPadding(3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pictures_of_other_channels_are_refused() {
        try (ConvEncoder encoder = ConvEncoder.create(ConvConfig.named("tiny", 1))) {
            assertThatThrownBy(() -> PictureEmbedder.of(encoder).embed(Shapes.draw(1, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("16x16x3");
        }
    }

    @Test
    void gradients_flow_to_every_parameter() {
        try (ConvEncoder encoder = ConvEncoder.create(SMALLEST).initialize(5);
                Scope scope = Scope.open("test");
                Grad on = Grad.enabled()) {
            var pass = encoder.forward(chunk(Shapes.draw(5, 3)), Dropout.off());
            float[] weights = new float[5 * 6];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (i * 7 % 11) - 5;
            }
            pass.backward(Tensor.of(weights, 5, 6));
            encoder.parameters().parameters().forEach(parameter -> {
                Tensor gradient = Objects.requireNonNull(parameter.value().gradient());
                assertThat(gradient.norm().item()).as(parameter.name()).isGreaterThan(1e-4);
            });
        }
    }

    @Test
    void a_saved_model_opens_with_the_same_vectors_and_hash() throws Exception {
        Pictures pictures = Shapes.draw(5, 4);
        Path directory = folder.resolve("model");
        try (PictureModel model = PictureModel.fresh(ConvConfig.named("tiny", 3), 9)) {
            model.save(directory);
            float[][] vectors = PictureEmbedder.of(model.encoder()).embed(pictures);
            try (PictureModel loaded = PictureModel.load(directory)) {
                assertThat(PictureEmbedder.of(loaded.encoder()).embed(pictures)).isDeepEqualTo(vectors);
                assertThat(loaded.hash()).isEqualTo(model.hash());
                assertThat(loaded.encoder().config()).isEqualTo(model.encoder().config());
            }
        }
        Path padded = folder.resolve("padded");
        try (PictureModel model = PictureModel.fresh(ConvConfig.named("tiny", 3).withStemPadding(2), 9)) {
            model.save(padded);
            float[][] vectors = PictureEmbedder.of(model.encoder()).embed(pictures);
            try (PictureModel loaded = PictureModel.load(padded)) {
                assertThat(PictureEmbedder.of(loaded.encoder()).embed(pictures)).isDeepEqualTo(vectors);
                assertThat(loaded.encoder().config()).isEqualTo(model.encoder().config());
            }
        }
        String config = Files.readString(padded.resolve("config.json"));
        assertThat(config).contains("\"stem-padding\": 2");
        Files.writeString(padded.resolve("config.json"), config.replace("\"stem-padding\": 2", "\"stem-padding\": 7"));
        refuses(padded, "padding of the stem");

        // A model of the usual padding is written as it was before there were others.
        config = Files.readString(directory.resolve("config.json"));
        assertThat(config).doesNotContain("stem-padding");
        assertThat(Json.parse("config", config).string("format")).isEqualTo("chiaro-vision");

        Files.writeString(directory.resolve("config.json"), config.replace("\"groups\"", "\"grups\""));
        refuses(directory, "grups");
        Files.writeString(directory.resolve("config.json"), config.replace("\"version\": 1", "\"version\": 9"));
        refuses(directory, "version 9");
        Files.writeString(directory.resolve("config.json"), config.replace("\"width\": 64", "\"width\": 48"));
        refuses(directory, "expected the shape [48, 32, 3, 3]");
    }

    private static void refuses(Path directory, String why) {
        assertThatThrownBy(() -> PictureModel.load(directory))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.MODEL))
                .hasMessageContaining(why);
    }
}
