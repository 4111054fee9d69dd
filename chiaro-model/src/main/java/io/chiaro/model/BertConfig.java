package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.HashSet;
import java.util.List;

/**
 * The shape of an encoder of the BERT family (Devlin et al., 2019), by the names of a Hugging Face {@code config.json}.
 *
 * @param vocabularySize rows of the token table
 * @param hiddenSize width of a token state
 * @param layers number of transformer layers
 * @param heads attention heads; divides hiddenSize
 * @param intermediateSize width of the feed-forward layer
 * @param maxPositions rows of the position table: the longest input in tokens
 * @param typeVocabularySize rows of the token-type table; only row 0 is used for single texts
 * @param layerNormEpsilon added to the variance in layer normalisation
 * @param hiddenDropout dropout of embeddings and of each sub-layer's output, in training
 * @param attentionDropout dropout of attention weights, in training
 * @param initializerRange standard deviation of fresh weights
 * @param padTokenId the padding token's id
 * @param domains of texts, each with a feed-forward part of its own in every layer; empty where all texts share one
 */
public record BertConfig(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int heads,
        int intermediateSize,
        int maxPositions,
        int typeVocabularySize,
        double layerNormEpsilon,
        double hiddenDropout,
        double attentionDropout,
        double initializerRange,
        int padTokenId,
        List<String> domains) {

    /** An encoder whose texts share all of it. */
    public BertConfig(
            int vocabularySize,
            int hiddenSize,
            int layers,
            int heads,
            int intermediateSize,
            int maxPositions,
            int typeVocabularySize,
            double layerNormEpsilon,
            double hiddenDropout,
            double attentionDropout,
            double initializerRange,
            int padTokenId) {
        this(
                vocabularySize,
                hiddenSize,
                layers,
                heads,
                intermediateSize,
                maxPositions,
                typeVocabularySize,
                layerNormEpsilon,
                hiddenDropout,
                attentionDropout,
                initializerRange,
                padTokenId,
                List.of());
    }

    public BertConfig {
        domains = List.copyOf(domains);
        if (new HashSet<>(domains).size() < domains.size() || domains.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "BertConfig: expected domains with a name each, and each once, but found " + domains);
        }
        if (vocabularySize < 1
                || hiddenSize < 1
                || layers < 1
                || heads < 1
                || intermediateSize < 1
                || maxPositions < 1) {
            throw new IllegalArgumentException("BertConfig: sizes must be positive");
        }
        if (hiddenSize % heads != 0) {
            throw new IllegalArgumentException(
                    "BertConfig: hidden size " + hiddenSize + " is not a multiple of " + heads + " heads");
        }
    }

    /** A fresh encoder of the given width and depth: 4 x wide feed-forward layer, 512 positions, dropout 0.1. */
    public static BertConfig of(int vocabularySize, int hiddenSize, int layers, int heads) {
        return new BertConfig(
                vocabularySize, hiddenSize, layers, heads, 4 * hiddenSize, 512, 2, 1e-12, 0.1, 0.0, 0.02, 0);
    }

    /** The same with another number of rows in the token table. */
    public BertConfig withVocabularySize(int rows) {
        return with(rows, layers, domains);
    }

    /** The same with other layers, from the first one on. */
    public BertConfig withLayers(int count) {
        return with(vocabularySize, count, domains);
    }

    /** The same with at least so many rows in the token table. */
    public BertConfig withRoomFor(int tokens) {
        return withVocabularySize(Math.max(vocabularySize, tokens));
    }

    /** The same with a feed-forward part for each of these domains, or with one for all texts if there are none. */
    public BertConfig withDomains(List<String> others) {
        return with(vocabularySize, layers, others);
    }

    private BertConfig with(int rows, int count, List<String> others) {
        return new BertConfig(
                rows,
                hiddenSize,
                count,
                heads,
                intermediateSize,
                maxPositions,
                typeVocabularySize,
                layerNormEpsilon,
                hiddenDropout,
                attentionDropout,
                initializerRange,
                padTokenId,
                others);
    }

    /**
     * The place of a domain among {@link #domains}, which is the number of its expert.
     *
     * @throws ChiaroException of kind usage, naming the nearest, if there is none of this name
     */
    public int expert(String domain) {
        int found = domains.indexOf(domain);
        if (found < 0) {
            throw ChiaroException.usage("domain: "
                    + (domains.isEmpty()
                            ? "expected a model with experts, but this one has none. Leave the domain out."
                            : "unknown name \"" + domain + "\". " + Names.hint(domain, domains)));
        }
        return found;
    }

    /** Width of one attention head. */
    public int headSize() {
        return hiddenSize / heads;
    }
}
