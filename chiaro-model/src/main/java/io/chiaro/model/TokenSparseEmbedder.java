package io.chiaro.model;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** The ids of the tokens that stand in a text, as far as the model reads it. */
    default Set<Integer> standing(String text) {
        return Arrays.stream(tokenizer().encode(text, description().maxTokens()))
                .boxed()
                .collect(Collectors.toSet());
    }
}
