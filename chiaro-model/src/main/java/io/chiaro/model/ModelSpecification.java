package io.chiaro.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that a model directory says besides weights and vocabulary: reading a directory gives it, writing one takes
 * it.
 *
 * @param name what users call the model
 * @param config the encoder's shape
 * @param poolings how token states become one vector; several are concatenated, in the order of {@link Pooling}, which
 *     is the order in which every reader of the format concatenates them
 * @param normalized whether the pooled vector is brought to length one
 * @param prompts what goes before a text, by role
 * @param otherPrompts prompts by further names, kept for readers that ask for them by name
 * @param maxTokens longest input in tokens, special tokens included
 * @param similarity how vectors are meant to be compared
 */
public record ModelSpecification(
        String name,
        BertConfig config,
        List<Pooling> poolings,
        boolean normalized,
        Prompts prompts,
        Map<String, String> otherPrompts,
        int maxTokens,
        Similarity similarity) {

    public ModelSpecification {
        poolings = List.copyOf(poolings);
        otherPrompts = Collections.unmodifiableMap(new TreeMap<>(otherPrompts));
        List<Pooling> ordered = new ArrayList<>(new java.util.TreeSet<>(poolings));
        if (poolings.isEmpty() || !ordered.equals(poolings)) {
            throw new IllegalArgumentException("ModelSpecification: expected poolings, each once and in the order of "
                    + List.of(Pooling.values()) + ", but found " + poolings);
        }
        if (maxTokens < 3 || maxTokens > config.maxPositions()) {
            throw new IllegalArgumentException("ModelSpecification: expected a limit from 3 tokens to the "
                    + config.maxPositions() + " positions of the encoder, but found " + maxTokens);
        }
    }

    /** A model with mean pooling, unit vectors, no prompts, cosine, and all positions of the encoder. */
    public static ModelSpecification of(String name, BertConfig config) {
        return new ModelSpecification(
                name,
                config,
                List.of(Pooling.MEAN),
                true,
                Prompts.NONE,
                Map.of(),
                config.maxPositions(),
                Similarity.COSINE);
    }

    /** The same with other poolings and normalisation. */
    public ModelSpecification withPoolings(List<Pooling> others, boolean unitLength) {
        return new ModelSpecification(name, config, others, unitLength, prompts, otherPrompts, maxTokens, similarity);
    }

    /** The same with other prompts. */
    public ModelSpecification withPrompts(Prompts others) {
        return new ModelSpecification(name, config, poolings, normalized, others, otherPrompts, maxTokens, similarity);
    }

    /** The same with another limit. */
    public ModelSpecification withMaxTokens(int tokens) {
        return new ModelSpecification(name, config, poolings, normalized, prompts, otherPrompts, tokens, similarity);
    }

    /** The same with another shape of the encoder. */
    public ModelSpecification withConfig(BertConfig other) {
        return new ModelSpecification(name, other, poolings, normalized, prompts, otherPrompts, maxTokens, similarity);
    }

    /** The same under another name. */
    public ModelSpecification withName(String other) {
        return new ModelSpecification(
                other, config, poolings, normalized, prompts, otherPrompts, maxTokens, similarity);
    }

    /** Length of a vector: the encoder's width for each pooling. */
    public int dimension() {
        return config.hiddenSize() * poolings.size();
    }

    /** What a reader of results must know, for weights of this hash. */
    public ModelDescription description(String hash) {
        return new ModelDescription(name, hash, dimension(), maxTokens, poolings, normalized, prompts);
    }
}
