package io.chiaro.text;

import io.chiaro.model.BertConfig;
import io.chiaro.objective.Objective;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.MemoryPlan;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reckons what training a text encoder needs in memory. */
final class TextMemory {

    /** LibTorch, the BLAS and the virtual machine without heap, measured on linux-x86_64 after loading. */
    private static final long LIBRARIES = 450_000_000;

    private TextMemory() {}

    /**
     * Numbers that belong to the weights.
     *
     * @param kept all of them, trained or not
     * @param trained those with a gradient
     * @param optimizer the optimiser's state
     * @param climbing a copy of those that a step moves and takes back
     */
    record Weights(long kept, long trained, long optimizer, long climbing) {

        static Weights of(ParameterStore parameters, Optimizer optimizer, boolean climbs) {
            long state = optimizer.state().arrays().values().stream()
                    .mapToLong(Tensor::count)
                    .sum();
            return new Weights(
                    parameters.countKept(), parameters.count(), state, climbs ? parameters.countOutsideTables() : 0);
        }
    }

    /**
     * The plan of a run.
     *
     * @param weights what the model and its optimiser hold
     * @param followed numbers of a twin that follows them
     * @param chunkTokens tokens of the largest chunk
     * @param inputs texts of a batch
     * @param dimension length of an embedding
     * @param data whose row tables are mapped and whose rows are planned
     * @param predictedTokens tokens whose whole vocabulary is scored at once; 0 for an {@link Objective} on embeddings
     */
    static MemoryPlan plan(
            BertConfig config,
            Weights weights,
            long followed,
            long chunkTokens,
            long inputs,
            int dimension,
            TrainingData data,
            long predictedTokens) {
        return plan(config, weights, followed, chunkTokens, inputs, dimension, data.mappedBytes(), predictedTokens);
    }

    /** The same for data whose row tables have so many bytes. */
    static MemoryPlan plan(
            BertConfig config,
            Weights weights,
            long followed,
            long chunkTokens,
            long inputs,
            int dimension,
            long rowTables,
            long predictedTokens) {
        long width = config.hiddenSize();
        // What a layer keeps of a token for its backward pass: query, key, value, context, three sums before and after
        // normalisation, two dropout masks, and the two sides of the activation.
        long floatsOfLayer = 10 * width + 2L * config.intermediateSize();
        long backward = 3L * config.intermediateSize() + 4 * width;
        Map<String, Long> parts = new LinkedHashMap<>();
        parts.put("parameters", 4 * weights.kept());
        parts.put("averaged twin", 4 * followed);
        parts.put("gradients", 4 * weights.trained());
        parts.put("optimizer", 4 * weights.optimizer());
        parts.put("weights before the climb", 4 * weights.climbing());
        parts.put("activations", 4 * chunkTokens * (config.layers() * floatsOfLayer + backward));
        parts.put("embeddings", 4 * inputs * dimension * 4);
        parts.put("predictions", 4 * predictedTokens * config.vocabularySize() * 3L);
        parts.put("row tables", rowTables);
        parts.put("heap", Math.min(Runtime.getRuntime().maxMemory(), 600_000_000L + 64 * inputs * 100));
        parts.put("libraries", LIBRARIES);
        parts.values().removeIf(bytes -> bytes == 0);
        return new MemoryPlan(parts);
    }
}
