package io.chiaro.serve;

import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.Pooling;
import io.chiaro.model.Prompts;
import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxHead;
import io.chiaro.onnx.OnnxSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A random encoder of one small layer with the vocabulary of MiniLM, as a model directory. */
public final class TinyModel {

    /** Its limit in tokens. */
    public static final int MAX_TOKENS = 24;

    /** Length of its vectors. */
    public static final int DIMENSION = 12;

    private TinyModel() {}

    /** Writes and opens a model whose vectors have length one, or as the encoder leaves them. */
    public static OnnxEmbedder create(Path directory, long seed, boolean normalized) {
        BertConfig config = new BertConfig(30_522, DIMENSION, 1, 3, 20, 32, 2, 1e-12, 0.1, 0, 0.02, 0);
        ModelSpecification specification = ModelSpecification.of("tiny", config)
                .withPoolings(List.of(Pooling.MEAN), normalized)
                .withPrompts(new Prompts("", "query: ", "passage: "))
                .withMaxTokens(MAX_TOKENS);
        try (Tokenizer tokenizer =
                Tokenizer.of(EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson())) {
            ModelDirectory.write(directory, specification, tokenizer, ModelCard.of("test"));
        }
        OnnxBertWriter.write(
                directory.resolve("onnx/model.onnx"),
                config,
                name -> weights(config, name, seed),
                OnnxHead.of(List.of(Pooling.MEAN), normalized));
        return OnnxEmbedder.open(directory.toString(), new OnnxSettings(1, 256));
    }

    private static float[] weights(BertConfig config, String name, long seed) {
        long size = 1;
        for (long side : Objects.requireNonNull(BertWeightNames.shapes(config).get(name))) {
            size *= side;
        }
        RandomStream random = RandomStream.of(seed, name);
        float[] weights = new float[(int) size];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.3 * random.nextGaussian()) + (name.endsWith("LayerNorm.weight") ? 1 : 0);
        }
        return weights;
    }
}
