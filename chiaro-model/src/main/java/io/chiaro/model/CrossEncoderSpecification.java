package io.chiaro.model;

/**
 * Everything that the directory of a cross-encoder says besides weights and vocabulary.
 *
 * @param name what users call the model
 * @param config the encoder's shape
 * @param maxTokens longest input in tokens: both texts and the special tokens around them
 * @param activation what readers make of a score
 */
public record CrossEncoderSpecification(String name, BertConfig config, int maxTokens, ScoreActivation activation) {

    public CrossEncoderSpecification {
        if (maxTokens < 5 || maxTokens > config.maxPositions()) {
            throw new IllegalArgumentException("CrossEncoderSpecification: expected a limit from 5 tokens to the "
                    + config.maxPositions() + " positions of the encoder, but found " + maxTokens);
        }
        if (config.typeVocabularySize() < 2) {
            throw new IllegalArgumentException(
                    "CrossEncoderSpecification: expected an encoder with 2 token types, one for "
                            + "each text, but found " + config.typeVocabularySize());
        }
    }

    /** The same with another encoder. */
    public CrossEncoderSpecification withConfig(BertConfig other) {
        return new CrossEncoderSpecification(name, other, maxTokens, activation);
    }

    /** The same with another limit. */
    public CrossEncoderSpecification withMaxTokens(int tokens) {
        return new CrossEncoderSpecification(name, config, tokens, activation);
    }

    /** What a reader of results must know, for weights of this hash. */
    public RerankerDescription description(String hash) {
        return new RerankerDescription(name, hash, maxTokens);
    }
}
