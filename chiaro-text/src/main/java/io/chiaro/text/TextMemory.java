package io.chiaro.text;

import io.chiaro.model.BertConfig;
import io.chiaro.objective.Objective;
import io.chiaro.train.MemoryPlan;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reckons what training a text encoder needs in memory. */
final class TextMemory {

    /** LibTorch, the BLAS and the virtual machine without heap, measured on linux-x86_64 after loading. */
    private static final long LIBRARIES = 450_000_000;

    private TextMemory() {}

    /**
     * The plan of a run.
     *
     * @param parameters numbers that are trained
     * @param followed numbers of a twin that follows them
     * @param chunkTokens tokens of the largest chunk
     * @param inputs texts of a batch
     * @param dimension length of an embedding
     * @param data whose row tables are mapped and whose rows are planned
     * @param predictedTokens tokens whose whole vocabulary is scored at once; 0 for an {@link Objective} on embeddings
     */
    static MemoryPlan plan(
            BertConfig config,
            long parameters,
            long followed,
            long chunkTokens,
            long inputs,
            int dimension,
            TrainingData data,
            long predictedTokens) {
        long width = config.hiddenSize();
        // What a layer keeps of a token for its backward pass: query, key, value, context, three sums before and after
        // normalisation, two dropout masks, and the two sides of the activation.
        long floatsOfLayer = 10 * width + 2L * config.intermediateSize();
        long backward = 3L * config.intermediateSize() + 4 * width;
        Map<String, Long> parts = new LinkedHashMap<>();
        parts.put("parameters", 4 * parameters);
        parts.put("averaged twin", 4 * followed);
        parts.put("gradients", 4 * parameters);
        parts.put("optimizer", 8 * parameters);
        parts.put("activations", 4 * chunkTokens * (config.layers() * floatsOfLayer + backward));
        parts.put("embeddings", 4 * inputs * dimension * 4);
        parts.put("predictions", 4 * predictedTokens * config.vocabularySize() * 3L);
        parts.put("row tables", data.mappedBytes());
        parts.put("heap", Math.min(Runtime.getRuntime().maxMemory(), 600_000_000L + 64 * inputs * 100));
        parts.put("libraries", LIBRARIES);
        parts.values().removeIf(bytes -> bytes == 0);
        return new MemoryPlan(parts);
    }
}
