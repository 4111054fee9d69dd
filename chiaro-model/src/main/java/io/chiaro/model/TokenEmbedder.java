package io.chiaro.model;

import java.util.List;

/**
 * An embedder that also takes token ids. Whoever plans batches by their tokens, counts tokens, or tokenises on other threads
 * than those that compute, needs the two halves of {@link #embed} apart.
 */
public interface TokenEmbedder extends Embedder {

    /** What the model's files say of it. */
    ModelSpecification specification();

    /** The numbers that the weights are computed with: {@code float32}, or {@code int8} where matrices became bytes. */
    default String precision() {
        return "float32";
    }

    /** Makes the ids that {@link #embedTokens} takes; it belongs to the embedder and is closed with it. */
    Tokenizer tokenizer();

    /** The ids of texts as {@link #embed} computes them: the prompt of the role before each, its end cut at the model's limit. */
    default List<int[]> tokens(List<String> texts, TextRole role) {
        String prompt = specification().prompts().of(role);
        return texts.stream()
                .map(text -> tokenizer().encode(prompt + text, specification().maxTokens()))
                .toList();
    }

    /**
     * The vectors of tokenised texts, in their order.
     *
     * @param tokens the ids of each text, special tokens included: at least one and at most
     *     {@code specification().maxTokens()}, each below the vocabulary's size
     * @return one vector of {@code description().dimension()} numbers for each text
     */
    float[][] embedTokens(List<int[]> tokens);
}
