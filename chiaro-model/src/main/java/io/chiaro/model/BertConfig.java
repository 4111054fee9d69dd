package io.chiaro.model;

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
        int padTokenId) {

    public BertConfig {
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
        return new BertConfig(
                rows,
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
                padTokenId);
    }

    /** Width of one attention head. */
    public int headSize() {
        return hiddenSize / heads;
    }
}
