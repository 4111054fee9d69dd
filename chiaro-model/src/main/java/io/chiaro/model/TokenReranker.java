package io.chiaro.model;

import java.util.List;

/**
 * A reranker that also takes token ids. Whoever plans batches by their tokens, or tokenises on other threads than those that
 * compute, needs the two halves of {@link #score} apart.
 */
public interface TokenReranker extends Reranker {

    /** What the model's files say of it. */
    CrossEncoderSpecification specification();

    /** Makes the pairs that {@link #scoreTokens} takes; it belongs to the reranker and is closed with it. */
    Tokenizer tokenizer();

    /**
     * A score for each pair, in their order.
     *
     * @param pairs of at most {@code specification().maxTokens()} tokens each
     */
    float[] scoreTokens(List<PairTokens> pairs);
}
