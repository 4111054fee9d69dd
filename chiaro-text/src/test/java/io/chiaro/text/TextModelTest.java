package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.ModelCard;
import io.chiaro.model.Pooling;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakCheck.class)
class TextModelTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<List<Pooling>> poolings() {
        return Stream.concat(
                Arrays.stream(Pooling.values()).map(List::of),
                Stream.of(List.of(Pooling.CLS, Pooling.MEAN), List.of(Pooling.values())));
    }

    @ParameterizedTest
    @MethodSource("poolings")
    void every_pooling_gives_the_same_vectors_here_after_saving_and_in_onnx_runtime(List<Pooling> poolings) {
        boolean normalized = poolings.size() != 1;
        Path shape = TinyModel.write(folder.resolve("shape"), TinyModel.config(16, 2), poolings, normalized);
        List<int[]> tokens = TinyModel.tokens(
                RandomStream.of(5, "tokens"), IntStream.range(2, 40).toArray());
        try (TextModel model = TextModel.load("fresh:" + shape, 3)) {
            float[][] expected = model.embedTokens(tokens);
            assertThat(expected[0]).hasSize(16 * poolings.size());

            model.save(folder.resolve("saved"), ModelCard.of("test"));
            try (TextModel again = TextModel.load(folder.resolve("saved").toString(), 99)) {
                assertThat(again.embedTokens(tokens)).isDeepEqualTo(expected);
                assertThat(again.hash()).isEqualTo(model.hash());
                assertThat(again.specification().poolings()).isEqualTo(poolings);
            }
            OnnxParity parity = model.export(folder.resolve("model.onnx"));
            assertThat(parity.minimumCosine()).isGreaterThanOrEqualTo(0.99999);
            assertThat(parity.maximumDifference()).isLessThan(1e-4);
        }
    }

    @Test
    void a_graph_of_bytes_is_near_to_its_model_and_does_not_pass_for_it() {
        Path shape = TinyModel.write(folder);
        Path saved = folder.resolve("bytes");
        try (TextModel model = TextModel.load("fresh:" + shape, 3)) {
            model.save(saved, ModelCard.of("test"));
            assertThat(model.exportBytes(saved).minimumCosine()).isGreaterThan(OnnxParity.REQUIRED_OF_BYTES);
            assertThat(saved.resolve("onnx/model.onnx.bytes")).doesNotExist();
            try (OnnxEmbedder opened = OnnxEmbedder.open(saved.toString(), OnnxSettings.defaults())) {
                String hash = opened.description().hash();
                assertThat(hash).as("an index of the one refuses the other").isNotEqualTo(model.hash());
                model.export(saved);
                try (OnnxEmbedder whole = OnnxEmbedder.open(saved.toString(), OnnxSettings.defaults())) {
                    assertThat(whole.description().hash()).isNotEqualTo(hash);
                }
            }
        }
    }

    @Test
    void the_vector_of_a_text_does_not_depend_on_its_neighbours_or_their_order() {
        Path shape = TinyModel.write(folder);
        try (TextModel model = TextModel.load("fresh:" + shape, 3)) {
            List<int[]> tokens = TinyModel.tokens(RandomStream.of(5, "tokens"), 9, 4, 9, 2, 30, 4, 9, 64);
            float[][] together = model.embedTokens(tokens);
            for (int i = 0; i < tokens.size(); i++) {
                float[] alone = model.embedTokens(List.of(tokens.get(i)))[0];
                for (int k = 0; k < alone.length; k++) {
                    assertThat(together[i][k]).isCloseTo(alone[k], org.assertj.core.api.Assertions.within(1e-5f));
                }
            }
        }
    }

    @Test
    void fresh_numbers_depend_on_the_seed_and_nothing_else() {
        Path shape = TinyModel.write(folder);
        try (TextModel one = TextModel.load("fresh:" + shape, 3);
                TextModel same = TextModel.load("fresh:" + shape, 3);
                TextModel other = TextModel.load("fresh:" + shape, 4)) {
            assertThat(same.hash()).isEqualTo(one.hash());
            assertThat(other.hash()).isNotEqualTo(one.hash());
        }
    }

    @Test
    void a_truncated_weight_file_ends_in_one_sentence() throws IOException {
        Path shape = TinyModel.write(folder.resolve("shape"));
        Path saved = folder.resolve("saved");
        try (TextModel model = TextModel.load("fresh:" + shape, 3)) {
            model.save(saved, ModelCard.of("test"));
        }
        Path weights = saved.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        for (int length : new int[] {0, 5, 100, bytes.length / 2, bytes.length - 1}) {
            Files.write(weights, Arrays.copyOf(bytes, length));

            assertThatThrownBy(() -> TextModel.load(saved.toString(), 3))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining(weights.toString())
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void a_wrong_base_is_named_with_what_would_be_right() {
        assertThatThrownBy(() -> TextModel.load("all-minilm-l6-v3", 3))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("all-minilm-l6-v3")
                .hasMessageContaining("all-MiniLM-L6-v2");
        assertThatThrownBy(() -> TextModel.load("fresh:tinny", 3))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("tinny")
                .hasMessageContaining("tiny");
    }
}
