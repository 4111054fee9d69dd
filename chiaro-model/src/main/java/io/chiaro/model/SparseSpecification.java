package io.chiaro.model;

import java.util.List;

/**
 * Everything that the directory of a sparse encoder says besides weights and vocabulary (Formal et al., "SPLADE v2", 2021, section 3).
 *
 * @param name what users call the model
 * @param config the encoder's shape
 * @param maxTokens longest input in tokens, special tokens included
 */
public record SparseSpecification(String name, BertConfig config, int maxTokens) {

    public SparseSpecification {
        if (maxTokens < 3 || maxTokens > config.maxPositions()) {
            throw new IllegalArgumentException("SparseSpecification: expected a limit from 3 tokens to the "
                    + config.maxPositions() + " positions of the encoder, but found " + maxTokens);
        }
    }

    /** The same with another limit. */
    public SparseSpecification withMaxTokens(int tokens) {
        return new SparseSpecification(name, config, tokens);
    }

    /** What a reader of results must know, for weights of this hash. */
    public ModelDescription description(String hash) {
        return new ModelDescription(
                name, hash, config.vocabularySize(), maxTokens, List.of(Pooling.MAX), false, Prompts.NONE);
    }
}
