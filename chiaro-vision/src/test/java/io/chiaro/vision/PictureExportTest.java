package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.onnx.OnnxPictures;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Encoders of pictures in ONNX Runtime. */
@ExtendWith(LeakCheck.class)
class PictureExportTest {

    private static final ConvConfig TWO_GROUPS = new ConvConfig(
            "test",
            3,
            List.of(new ConvConfig.Stage(4, 2, 1), new ConvConfig.Stage(6, 1, 2)),
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

    /** No scale is one and no shift is zero, so that none can be left out unnoticed. */
    private static PictureModel model(ConvConfig config, PictureTuning tuning) {
        PictureModel model = PictureModel.fresh(config, 5, tuning, builder -> {});
        ParameterStore parameters = model.encoder().parameters();
        try (Scope scope = Scope.open("learn")) {
            for (String name : model.encoder().arrayNames()) {
                if (!name.endsWith("conv.weight")) {
                    Tensor array = parameters.array(name);
                    RandomStream random = RandomStream.of(3, name);
                    float[] values = array.toFloats();
                    for (int i = 0; i < values.length; i++) {
                        values[i] += (float) (0.3 * random.nextGaussian());
                    }
                    array.put(values);
                }
            }
        }
        return model;
    }

    private void assertAgrees(PictureModel model, Pictures pictures) {
        Path directory = folder.resolve("model");
        model.save(directory);
        OnnxParity parity = model.export(directory);
        assertThat(parity.items()).isEqualTo(9);
        assertThat(parity.minimumCosine()).isGreaterThan(0.999999);
        PictureSize size = pictures.size();
        float[][] expected = model.embed(pictures);
        try (OnnxPictures opened = OnnxPictures.open(directory.resolve("onnx/model.onnx"))) {
            for (int i = 0; i < expected.length; i++) {
                float[] found =
                        opened.embed(pictures.channelsFirst(i), 1, size.channels(), size.height(), size.width())[0];
                assertThat(found).containsExactly(expected[i], within(2e-5f));
            }
        }
    }

    @Test
    void groups_residual_blocks_and_the_normalisation_of_pictures_are_in_the_graph() {
        try (PictureModel model = model(TWO_GROUPS, PictureTuning.NONE)) {
            assertAgrees(model, Shapes.draw(5, 2));
            // Height and width vary.
            assertAgrees(model, Shapes.draw(3, 2).resized(new Resize(19, 22)));
        }
    }

    @Test
    void every_named_size_agrees_with_its_export() {
        for (String name : ConvConfig.names()) {
            try (PictureModel model = model(ConvConfig.named(name, 3), PictureTuning.NONE)) {
                assertAgrees(model, Shapes.draw(2, 2));
            }
        }
    }

    @Test
    void the_padding_of_the_stem_is_in_the_graph() {
        try (PictureModel padded = model(TWO_GROUPS.withStemPadding(2), PictureTuning.NONE);
                PictureModel usual = model(TWO_GROUPS, PictureTuning.NONE)) {
            Pictures pictures = Shapes.draw(4, 2);
            assertThat(padded.embed(pictures)).isNotEqualTo(usual.embed(pictures));
            assertAgrees(padded, pictures);
        }
    }

    @Test
    void a_border_is_in_the_graph_and_fixes_the_size_of_its_pictures() {
        PictureTuning border = new PictureTuning(true, Optional.empty(), Optional.of(new BorderShape(3, 16, 16)));
        try (PictureModel model = model(TWO_GROUPS, border);
                PictureModel without = model(TWO_GROUPS, PictureTuning.NONE)) {
            Pictures pictures = Shapes.draw(4, 2);
            assertThat(model.embed(pictures)).isNotEqualTo(without.embed(pictures));
            assertAgrees(model, pictures);
            Pictures larger = pictures.resized(new Resize(20, 20));
            try (OnnxPictures opened = OnnxPictures.open(folder.resolve("model/onnx/model.onnx"))) {
                assertThatThrownBy(() -> opened.embed(larger.channelsFirst(0), 1, 3, 20, 20))
                        .isInstanceOf(ChiaroException.class)
                        .hasMessageContaining("20x20x3");
            }
        }
    }

    @Test
    void a_graph_of_other_weights_is_refused() throws Exception {
        try (PictureModel model = model(TWO_GROUPS, PictureTuning.NONE);
                PictureModel other = PictureModel.fresh(TWO_GROUPS, 6)) {
            model.save(folder);
            model.export(folder);
            Pictures pictures = Shapes.draw(2, 2);
            float[][] pixels = {pictures.channelsFirst(0), pictures.channelsFirst(1)};
            Path file = folder.resolve("onnx/model.onnx");
            OnnxParity.check(file, pixels, 3, 16, 16, model.embed(pictures));
            assertThatThrownBy(() -> OnnxParity.check(file, pixels, 3, 16, 16, other.embed(pictures)))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("Do not use this file");
            Files.writeString(file, "no graph");
            assertThatThrownBy(() -> OnnxPictures.open(file))
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.MODEL));
        }
    }
}
