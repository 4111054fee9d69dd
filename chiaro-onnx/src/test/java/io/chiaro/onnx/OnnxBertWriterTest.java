package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxBertWriterTest {

    private static final List<int[]> TEXTS = SmallBert.texts(1, SmallBert.CONFIG.vocabularySize(), 5, 17, 1, 32, 9);
    private static final int HIDDEN = SmallBert.CONFIG.hiddenSize();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void each_pooling_equals_a_plain_loop_over_the_token_states_with_padding_on_either_side(Pooling pooling)
            throws OrtException {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(pooling), false));

        for (boolean paddingFirst : new boolean[] {false, true}) {
            SmallBert.Outputs outputs = SmallBert.run(file, TEXTS, paddingFirst);
            float[] states = outputs.tokenEmbeddings();
            for (int row = 0; row < TEXTS.size(); row++) {
                int length = TEXTS.get(row).length;
                int first = row * 32 + (paddingFirst ? 32 - length : 0);
                for (int k = 0; k < HIDDEN; k++) {
                    double expected = pooled(pooling, states, first, length, k);
                    assertThat((double) outputs.sentenceEmbedding()[row * HIDDEN + k])
                            .isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    @Test
    void several_poolings_are_concatenated_in_order_and_scaled_to_length_one_together() throws OrtException {
        List<Pooling> poolings = List.of(Pooling.LAST, Pooling.MAX, Pooling.CLS);

        float[] plain = SmallBert.run(SmallBert.write(directory, OnnxHead.of(poolings, false)), TEXTS, false)
                .sentenceEmbedding();
        float[] scaled = SmallBert.run(SmallBert.write(directory, OnnxHead.of(poolings, true)), TEXTS, false)
                .sentenceEmbedding();
        float[] single = SmallBert.run(
                        SmallBert.write(directory, OnnxHead.of(List.of(Pooling.CLS), false)), TEXTS, false)
                .sentenceEmbedding();

        int dimension = 3 * HIDDEN;
        assertThat(plain).hasSize(TEXTS.size() * dimension);
        for (int row = 0; row < TEXTS.size(); row++) {
            double squares = 0;
            for (int k = 0; k < dimension; k++) {
                squares += plain[row * dimension + k] * plain[row * dimension + k];
            }
            for (int k = 0; k < dimension; k++) {
                assertThat((double) scaled[row * dimension + k])
                        .isCloseTo(plain[row * dimension + k] / Math.sqrt(squares), within(1e-6));
            }
            for (int k = 0; k < HIDDEN; k++) {
                assertThat(plain[row * dimension + 2 * HIDDEN + k]).isCloseTo(single[row * HIDDEN + k], within(1e-6f));
            }
        }
    }

    @Test
    void a_vector_of_nothing_but_zeros_stays_zero_when_scaled() throws OrtException {
        Path file = directory.resolve("zero.onnx");
        OnnxBertWriter.write(
                file,
                SmallBert.CONFIG,
                name -> new float[SmallBert.weights(name).length],
                OnnxHead.of(List.of(Pooling.MEAN), true));

        assertThat(SmallBert.run(file, TEXTS, false).sentenceEmbedding()).containsOnly(0f);
    }

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"MEAN", "CLS"})
    void the_embedded_models_written_anew_give_the_vectors_of_their_original_files(Pooling pooling) {
        EmbeddedModel model = EmbeddedModels.find(pooling == Pooling.MEAN ? "all-MiniLM-L6-v2" : "bge-small-en-v1.5");
        byte[] original = model.onnx();
        OnnxBert bert = OnnxBertReader.readForTraining(model.name(), original);
        Path file = directory.resolve("model.onnx");
        OnnxBertWriter.write(file, bert.config(), bert::values, OnnxHead.of(List.of(pooling), true));
        List<int[]> texts = SmallBert.texts(2, 30522, 12, 3, 64, 200, 31, 2, 17);

        try (OnnxSession before = OnnxSession.open(model.name(), original, List.of(pooling), true, 2);
                OnnxSession after = OnnxSession.open(file, List.of(pooling), true, 2)) {
            float[][] expected = before.embed(texts, 100_000);
            float[][] together = after.embed(texts, 100_000);
            for (int i = 0; i < texts.size(); i++) {
                float[] alone = after.embed(List.of(texts.get(i)), 100_000)[0];
                assertThat(SmallBert.cosine(together[i], expected[i])).isGreaterThanOrEqualTo(0.999999);
                assertThat(SmallBert.cosine(alone, expected[i])).isGreaterThanOrEqualTo(0.999999);
            }
            OnnxParity parity = OnnxParity.check(file, texts, expected);
            assertThat(parity.items()).isEqualTo(7);
            assertThat(parity.minimumCosine()).isGreaterThan(0.999999);
            assertThat(parity.maximumDifference()).isLessThan(1e-5);
        }
    }

    @Test
    void equal_exports_are_equal_files_and_carry_their_texts() throws IOException, OrtException {
        OnnxHead head = new OnnxHead(List.of(Pooling.MEAN), true, Map.of("name", "tiny", "provenance", "run 7, ä"));

        byte[] first = Files.readAllBytes(SmallBert.write(directory, head));
        Path file = SmallBert.write(directory, head);

        assertThat(Files.readAllBytes(file)).isEqualTo(first);
        try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
            assertThat(session.getMetadata().getCustomMetadata())
                    .containsExactlyInAnyOrderEntriesOf(Map.of("name", "tiny", "provenance", "run 7, ä"));
            assertThat(session.getMetadata().getProducerName()).isEqualTo("chiaro");
        }
    }

    @Test
    void a_model_beyond_two_gigabytes_is_refused_before_any_weight_is_asked_for() {
        BertConfig giant = BertConfig.of(250_000, 4096, 24, 32);

        assertThatThrownBy(() -> OnnxBertWriter.write(
                        directory.resolve("giant.onnx"),
                        giant,
                        name -> {
                            throw new AssertionError("asked for " + name);
                        },
                        OnnxHead.of(List.of(Pooling.MEAN), true)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("giant.onnx: expected a model of less than 2 GB")
                .hasMessageContaining("safetensors");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_failing_weight_leaves_the_old_file_as_it_was() throws IOException {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true));
        byte[] old = Files.readAllBytes(file);

        assertThatThrownBy(() -> OnnxBertWriter.write(
                        file, SmallBert.CONFIG, name -> new float[3], OnnxHead.of(List.of(Pooling.MEAN), true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embeddings.word_embeddings.weight needs 1440 numbers");

        assertThat(Files.readAllBytes(file)).isEqualTo(old);
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    private static double pooled(Pooling pooling, float[] states, int first, int length, int feature) {
        double sum = 0;
        double weighted = 0;
        double weights = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int t = 1; t <= length; t++) {
            double value = states[(first + t - 1) * HIDDEN + feature];
            sum += value;
            weighted += t * value;
            weights += t;
            largest = Math.max(largest, value);
        }
        return switch (pooling) {
            case CLS -> states[first * HIDDEN + feature];
            case LAST -> states[(first + length - 1) * HIDDEN + feature];
            case MAX -> largest;
            case MEAN -> sum / length;
            case MEAN_SQRT -> sum / Math.sqrt(length);
            case WEIGHTED_MEAN -> weighted / weights;
        };
    }
}
