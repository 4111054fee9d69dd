package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.ModelCard;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.SparseSpecification;
import io.chiaro.model.SparseVector;
import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.onnx.OnnxSparseEmbedder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sparse vectors as clients of Text Embeddings Inference ask for them. */
class SparseTest {

    private static final int MOST = 12;
    private static final List<String> TEXTS = List.of("cold harbour", "tea", "the ships come in");

    @TempDir
    static Path folder = Path.of("");

    private static OnnxSparseEmbedder sparse;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        sparse = tiny(folder.resolve("sparse"));
        Path model = folder.resolve("tiny");
        TinyModel.create(model, 1, true).close();
        server = new RunningServer(
                () -> new Content(
                        TinyModel.create(model, 1, true),
                        List.of(),
                        Optional.empty(),
                        Optional.of(OnnxSparseEmbedder.open(
                                SparseDirectory.open(folder.resolve("sparse")), new OnnxSettings(1, 256)))),
                ServerSettings.defaults());
    }

    @AfterAll
    static void stop() {
        server.close();
        sparse.close();
    }

    /** A random sparse encoder of one small layer, most of whose weights are zero. */
    private static OnnxSparseEmbedder tiny(Path directory) {
        BertConfig config = new BertConfig(30_522, 12, 1, 3, 20, 32, 2, 1e-12, 0.1, 0, 0.02, 0);
        try (Tokenizer tokenizer =
                Tokenizer.of(EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson())) {
            SparseDirectory.write(
                    directory, new SparseSpecification("sparse", config, MOST), tokenizer, ModelCard.of("test"));
        }
        OnnxBertWriter.writeSparse(
                directory.resolve("onnx/model.onnx"), config, name -> weights(config, name), Map.of());
        return OnnxSparseEmbedder.open(SparseDirectory.open(directory), new OnnxSettings(1, 256));
    }

    private static float[] weights(BertConfig config, String name) {
        long size = 1;
        for (long side :
                Objects.requireNonNull(BertWeightNames.predictor(config).get(name))) {
            size *= side;
        }
        RandomStream random = RandomStream.of(7, name);
        float[] weights = new float[(int) size];
        double shift = name.endsWith("LayerNorm.weight") ? 1 : name.equals("cls.predictions.bias") ? -6 : 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.5 * random.nextGaussian() + shift);
        }
        return weights;
    }

    private static List<JsonObject> weights(HttpResponse<String> response, int text) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String[] lists =
                response.body().substring(2, response.body().length() - 2).split("\\],\\[", -1);
        return Json.parse("weights", "{\"weights\":[" + lists[text] + "]}").objects("weights");
    }

    @Test
    void each_text_gets_the_weights_of_its_tokens_and_nothing_of_the_others() {
        HttpResponse<String> response = server.post("/embed_sparse", Map.of("inputs", TEXTS));
        List<SparseVector> expected = sparse.embed(TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            SparseVector vector = expected.get(i);
            assertThat(vector.size()).isBetween(1, 10_000);
            List<JsonObject> found = weights(response, i);
            assertThat(found.stream().mapToInt(weight -> weight.integer("index")))
                    .containsExactly(
                            java.util.Arrays.stream(vector.ids()).boxed().toArray(Integer[]::new));
            for (int k = 0; k < vector.size(); k++) {
                assertThat(found.get(k).number("value")).isCloseTo(vector.weights()[k], within(1e-5));
            }
        }
        assertThat(weights(server.post("/embed_sparse", Map.of("inputs", "tea")), 0))
                .hasSize(expected.get(1).size());
    }

    @Test
    void a_text_that_is_too_long_is_refused_unless_it_shall_be_cut() {
        String text = "ship ".repeat(40);
        HttpResponse<String> refused = server.post("/embed_sparse", Map.of("inputs", text, "truncate", false));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("at most 12 tokens");
        HttpResponse<String> cut = server.post("/embed_sparse", Map.of("inputs", text, "truncate", true));
        assertThat(weights(cut, 0)).hasSize(sparse.embed(List.of(text)).get(0).size());
        HttpResponse<String> unknown = server.post("/embed_sparse", Map.of("inputs", text, "normalise", true));
        assertThat(unknown.statusCode()).isEqualTo(422);
    }
}
