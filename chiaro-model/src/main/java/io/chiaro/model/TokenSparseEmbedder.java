package io.chiaro.model;

import java.util.List;

/**
 * A sparse embedder that also takes token ids. Whoever plans batches by their tokens, or tokenises on other threads than those that
 * compute, needs the two halves of {@link #embed} apart.
 */
public interface TokenSparseEmbedder extends SparseEmbedder {

    /** Makes the ids that {@link #embedTokens} takes; it belongs to the embedder and is closed with it. */
    Tokenizer tokenizer();

    /**
     * The vectors of tokenised texts, in their order.
     *
     * @param tokens the ids of each text, special tokens included: at least one and at most {@code description().maxTokens()}
     */
    List<SparseVector> embedTokens(List<int[]> tokens);
}
