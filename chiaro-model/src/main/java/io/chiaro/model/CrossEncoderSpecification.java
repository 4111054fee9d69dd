package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import java.util.HashSet;
import java.util.List;

/**
 * Everything that the directory of a cross-encoder says besides weights and vocabulary.
 *
 * @param name what users call the model
 * @param config the encoder's shape
 * @param maxTokens longest input in tokens: both texts and the special tokens around them
 * @param activation what readers make of a score
 * @param classes that pairs are sorted into, in the order of their logits; none if a pair has a score
 */
public record CrossEncoderSpecification(
        String name, BertConfig config, int maxTokens, ScoreActivation activation, List<String> classes) {

    public CrossEncoderSpecification {
        classes = List.copyOf(classes);
        if (maxTokens < 5 || maxTokens > config.maxPositions()) {
            throw new IllegalArgumentException("CrossEncoderSpecification: expected a limit from 5 tokens to the "
                    + config.maxPositions() + " positions of the encoder, but found " + maxTokens);
        }
        if (config.typeVocabularySize() < 2) {
            throw new IllegalArgumentException(
                    "CrossEncoderSpecification: expected an encoder with 2 token types, one for "
                            + "each text, but found " + config.typeVocabularySize());
        }
        if (classes.size() == 1 || new HashSet<>(classes).size() < classes.size()) {
            throw new IllegalArgumentException(
                    "CrossEncoderSpecification: expected two different classes or more, or none, but found " + classes);
        }
    }

    /** Of a model that gives a pair a score. */
    public CrossEncoderSpecification(String name, BertConfig config, int maxTokens, ScoreActivation activation) {
        this(name, config, maxTokens, activation, List.of());
    }

    /** Numbers that a pair gets: its score, or a logit for each class. */
    public int outputs() {
        return Math.max(1, classes.size());
    }

    /** Whether pairs are sorted into classes. */
    public boolean classifies() {
        return !classes.isEmpty();
    }

    /**
     * Refuses a model that does not score pairs, where texts are put in order.
     *
     * @throws ChiaroException of kind model
     */
    public void requireScore() {
        if (classifies()) {
            throw ChiaroException.model(name + ": expected a cross-encoder that scores pairs, but it sorts them into "
                    + "the classes " + classes + ", which puts nothing in order. Take another model.");
        }
    }

    /**
     * Refuses a model that scores pairs, where they are sorted into classes.
     *
     * @throws ChiaroException of kind model
     */
    public void requireClasses() {
        if (!classifies()) {
            throw ChiaroException.model(
                    name + ": expected a cross-encoder that sorts pairs into classes, but it gives them"
                            + " a score. chiaro fit --recipe cross-encoder --set loss=cross-entropy trains one.");
        }
    }

    /** The same with another encoder. */
    public CrossEncoderSpecification withConfig(BertConfig other) {
        return new CrossEncoderSpecification(name, other, maxTokens, activation, classes);
    }

    /** The same with another limit. */
    public CrossEncoderSpecification withMaxTokens(int tokens) {
        return new CrossEncoderSpecification(name, config, tokens, activation, classes);
    }

    /** What a reader of results must know, for weights of this hash. */
    public RerankerDescription description(String hash) {
        return new RerankerDescription(name, hash, maxTokens);
    }
}
