package io.chiaro.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.Pooling;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxHead;
import io.chiaro.onnx.OnnxSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model that Chiaro wrote, opened by LangChain4j's own code, without Chiaro. */
class ExportedModelTest {

    @TempDir
    Path folder;

    private static float[] weights(BertConfig config, String name) {
        long size = 1;
        for (long side : Objects.requireNonNull(BertWeightNames.shapes(config).get(name))) {
            size *= side;
        }
        RandomStream random = RandomStream.of(3, name);
        float[] weights = new float[(int) size];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.3 * random.nextGaussian()) + (name.endsWith("LayerNorm.weight") ? 1 : 0);
        }
        return weights;
    }

    private void write(Pooling pooling) {
        BertConfig config = new BertConfig(30_522, 24, 2, 3, 40, 64, 2, 1e-12, 0.1, 0, 0.02, 0);
        ModelSpecification specification =
                ModelSpecification.of("small", config).withPoolings(List.of(pooling), true);
        try (Tokenizer tokenizer =
                Tokenizer.of(EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson())) {
            ModelDirectory.write(folder, specification, tokenizer, ModelCard.of("test"));
        }
        OnnxBertWriter.write(
                folder.resolve("onnx/model.onnx"),
                config,
                name -> weights(config, name),
                OnnxHead.of(List.of(pooling), true));
    }

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"MEAN", "CLS"})
    void gives_the_same_vectors_there(Pooling pooling) {
        write(pooling);
        List<String> texts = List.of("Ebb and flow follow the moon.", "tea", "naïve 😀 日本, an odd text");
        ExecutorService threads = Executors.newFixedThreadPool(1);
        try (OnnxEmbedder ours = OnnxEmbedder.open(folder.toString(), new OnnxSettings(1, 256))) {
            OnnxEmbeddingModel theirs = new OnnxEmbeddingModel(
                    folder.resolve("onnx/model.onnx"),
                    folder.resolve("tokenizer.json"),
                    PoolingMode.valueOf(pooling.name()),
                    threads);
            float[][] expected = ours.embed(texts, TextRole.TEXT);

            for (int i = 0; i < texts.size(); i++) {
                assertThat(TextVectors.dot(theirs.embed(texts.get(i)).content().vector(), expected[i]))
                        .isBetween(0.99999, 1.00001);
            }
        } finally {
            threads.shutdown();
        }
    }
}
