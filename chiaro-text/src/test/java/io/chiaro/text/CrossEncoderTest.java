package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.core.Safetensors;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.ModelCard;
import io.chiaro.model.PairTokens;
import io.chiaro.model.ScoreActivation;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.Pass;
import io.chiaro.objective.list.ListLoss;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxScoreParity;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class CrossEncoderTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** What sentence-transformers saved, see src/test/python/tiny_cross_encoder.py. */
    static Path reference() {
        try {
            return Path.of(Objects.requireNonNull(CrossEncoderTest.class.getResource("tiny-cross-encoder"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject referenceScores() {
        return Json.object(ChiaroException.Kind.DATA, reference().resolve("scores.json"));
    }

    private Path copy() throws IOException {
        Path to = Files.createDirectories(folder.resolve("copy"));
        try (Stream<Path> files = Files.list(reference())) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    private static void replace(Path file, String old, String with) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(old);
        Files.writeString(file, text.replace(old, with));
    }

    @Test
    void scores_are_those_of_sentence_transformers() {
        JsonObject expected = referenceScores();
        List<Double> wanted = expected.numbers("scores");
        try (CrossEncoder model = CrossEncoder.load(reference().toString(), 0)) {
            assertThat(model.specification().maxTokens()).isEqualTo(24);
            assertThat(model.specification().activation()).isEqualTo(ScoreActivation.IDENTITY);

            float[] scores = model.reranker().score(expected.string("query"), expected.strings("texts"));

            for (int i = 0; i < scores.length; i++) {
                assertThat((double) scores[i]).isCloseTo(wanted.get(i), within(2e-6));
            }
        }
    }

    @Test
    void the_plain_form_of_older_readers_gives_the_same_scores() throws IOException {
        Path plain = copy();
        Files.delete(plain.resolve("modules.json"));
        Files.delete(plain.resolve("config_sentence_transformers.json"));
        Files.delete(plain.resolve("sentence_bert_config.json"));
        JsonObject expected = referenceScores();
        try (CrossEncoder model = CrossEncoder.load(plain.toString(), 0)) {
            assertThat(model.specification().activation()).isEqualTo(ScoreActivation.SIGMOID);
            float[] scores = model.reranker().score(expected.string("query"), expected.strings("texts"));
            assertThat((double) scores[0]).isCloseTo(expected.numbers("scores").get(0), within(2e-6));
        }
        replace(
                plain.resolve("config.json"),
                "\"hidden_size\"",
                "\"sentence_transformers\": {\"activation_fn\": \"torch.nn.modules.linear.Identity\"}, \"hidden_size\"");
        assertThat(CrossEncoderDirectory.open(plain).specification().activation())
                .isEqualTo(ScoreActivation.IDENTITY);
    }

    @Test
    void what_is_saved_has_the_names_of_a_sequence_classifier_and_gives_the_same_scores() {
        JsonObject expected = referenceScores();
        float[] before;
        String hash;
        try (CrossEncoder model = CrossEncoder.load(reference().toString(), 0)) {
            before = model.reranker().score(expected.string("query"), expected.strings("texts"));
            hash = model.hash();
            model.limit(20);
            model.save(folder, ModelCard.of("test"));
        }
        try (Safetensors saved = Safetensors.open(folder.resolve("model.safetensors"));
                Safetensors original = Safetensors.open(reference().resolve("model.safetensors"))) {
            assertThat(saved.names()).isEqualTo(original.names());
            assertThat(saved.names()).contains("classifier.weight", "bert.pooler.dense.bias");
        }
        JsonObject config = Json.object(ChiaroException.Kind.MODEL, folder.resolve("config.json"));
        assertThat(config.strings("architectures")).containsExactly("BertForSequenceClassification");
        assertThat(config.object("id2label").toMap()).isEqualTo(Map.of("0", "LABEL_0"));
        assertThat(config.object("sentence_transformers").string("activation_fn"))
                .isEqualTo("torch.nn.modules.linear.Identity");
        try (CrossEncoder again = CrossEncoder.load(folder.toString(), 99)) {
            assertThat(again.hash()).isEqualTo(hash);
            assertThat(again.specification().maxTokens()).isEqualTo(20);
            assertThat(again.reranker().score(expected.string("query"), expected.strings("texts"))[0])
                    .isEqualTo(before[0]);
        }
    }

    @Test
    void onnx_runtime_gives_the_same_scores_and_knows_when_the_weights_were_trained_further() throws IOException {
        JsonObject expected = referenceScores();
        List<String> texts = expected.strings("texts");
        float[] before;
        try (CrossEncoder model = CrossEncoder.load(reference().toString(), 0)) {
            model.limit(24);
            model.save(folder, ModelCard.of("test"));
            OnnxScoreParity parity = model.export(folder);
            assertThat(parity.pairs()).isEqualTo(32);
            assertThat(parity.maximumDifference()).isLessThan(1e-5);
            before = model.reranker().score(expected.string("query"), texts);
        }
        try (OnnxCrossEncoder exported =
                OnnxCrossEncoder.open(CrossEncoderDirectory.open(folder), new OnnxSettings(2, 40))) {
            float[] scores = exported.score(expected.string("query"), texts);
            for (int i = 0; i < scores.length; i++) {
                assertThat(scores[i]).isCloseTo(before[i], within(1e-5f));
            }
            assertThat(exported.score("a", List.of())).isEmpty();
            assertThat(exported.description().maxTokens()).isEqualTo(24);
        }
        try (CrossEncoder other = CrossEncoder.load("fresh:" + TinyModel.write(folder.resolve("shape")), 3)) {
            other.limit(24);
            other.save(folder.resolve("other"), ModelCard.of("test"));
            assertThatThrownBy(() -> OnnxScoreParity.check(
                            folder.resolve("onnx/model.onnx"),
                            List.of(other.tokenizer().encodePair("a", "b", 20)),
                            new float[][] {{1000}}))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("largest difference");
        }
        Files.copy(
                folder.resolve("other/model.safetensors"),
                folder.resolve("model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        try (OnnxCrossEncoder stale =
                OnnxCrossEncoder.open(CrossEncoderDirectory.open(folder), OnnxSettings.defaults())) {
            assertThatThrownBy(stale::description)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("Export the model again");
        }
    }

    @Test
    void a_directory_that_is_no_cross_encoder_says_why() throws IOException {
        Path two = copy();
        replace(two.resolve("config.json"), "\"0\": \"LABEL_0\"", "\"0\": \"no\", \"2\": \"yes\"");
        assertThatThrownBy(() -> CrossEncoder.load(two.toString(), 0))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected the labels 0, 1, ...");
        replace(two.resolve("config.json"), "\"0\": \"no\", \"2\": \"yes\"", "\"0\": \"no\", \"1\": \"yes\"");
        assertThatThrownBy(() -> CrossEncoder.load(two.toString(), 0))
                .as("weights of one output under two labels")
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("classifier");
        replace(two.resolve("config.json"), "\"0\": \"no\", \"1\": \"yes\"", "\"0\": \"LABEL_0\"");
        replace(two.resolve("config_sentence_transformers.json"), "linear.Identity", "activation.Tanh");
        assertThatThrownBy(() -> CrossEncoder.load(two.toString(), 0))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Tanh");
        assertThatThrownBy(() -> TextModel.load(reference().toString(), 0))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("scores texts and does not embed them");
    }

    @Test
    void an_encoder_of_texts_becomes_a_cross_encoder_with_a_head_drawn_by_the_seed() {
        String base = "fresh:" + TinyModel.write(folder.resolve("shape"));
        List<String> texts = List.of("ba be bi", "du");
        try (CrossEncoder one = CrossEncoder.load(base, 3);
                CrossEncoder same = CrossEncoder.load(base, 3);
                CrossEncoder other = CrossEncoder.load(base, 4)) {
            float[] scores = one.reranker().score("ba", texts);
            assertThat(same.reranker().score("ba", texts)).isEqualTo(scores);
            assertThat(other.reranker().score("ba", texts)).isNotEqualTo(scores);
        }
    }

    @Test
    void the_score_of_a_pair_does_not_depend_on_its_neighbours_but_on_which_text_is_the_query() {
        try (CrossEncoder model = CrossEncoder.load("fresh:" + TinyModel.write(folder), 3)) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                texts.add(TinyModel.words(RandomStream.of(5, "text", i), 1 + i));
            }
            float[] together = model.reranker().score("ba du", texts);
            for (int i = 0; i < texts.size(); i++) {
                float alone = model.reranker().score("ba du", List.of(texts.get(i)))[0];
                assertThat(together[i]).isCloseTo(alone, within(1e-5f));
            }
            float turned = model.reranker().score(texts.get(5), List.of("ba du"))[0];
            assertThat(Math.abs(turned - together[5])).isGreaterThan(1e-4f);
        }
    }

    @Test
    void gradients_of_every_parameter_are_the_slopes_of_the_loss_with_dropout() {
        try (CrossEncoder model = CrossEncoder.load("fresh:" + TinyModel.write(folder), 3)) {
            List<PairTokens> pairs = Stream.of("ba be", "di", "mo mu ma ba", "ba du ke")
                    .map(text -> model.tokenizer().encodePair("ba du", text, 20))
                    .toList();
            ListLoss loss = ListLoss.named("contrastive");
            List<double[]> grades = List.of(new double[] {0, 1, 0, 1});
            FiniteDifferences.check(
                    model.parameters(),
                    () -> {
                        try (Scope scope = Scope.open("test")) {
                            Dropout dropout = Dropout.at(0.1, 77, new int[] {0, 1, 2, 3});
                            Pass pass = model.forward(CrossEncoder.pack(pairs), dropout);
                            ListLoss.Judged judged =
                                    loss.judge(List.of(pass.output().detach().toDoubles()), grades);
                            float[] gradient = new float[4];
                            for (int i = 0; i < 4; i++) {
                                gradient[i] = (float) judged.gradient()[0][i];
                            }
                            pass.backward(Tensor.of(gradient, 4, 1));
                            return judged.loss();
                        }
                    },
                    2);
        }
    }
}
