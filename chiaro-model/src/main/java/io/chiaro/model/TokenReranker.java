package io.chiaro.model;

import java.util.BitSet;
import java.util.List;

/**
 * A reranker that also takes token ids. Whoever plans batches by their tokens, or tokenises on other threads than those that
 * compute, needs the two halves of {@link #score} apart.
 */
public interface TokenReranker extends Reranker {

    /**
     * A query with each of some texts, ready to be scored.
     *
     * @param pairs in the order of the texts
     * @param cut the places of those that lost tokens to the model's limit
     */
    record Prepared(List<PairTokens> pairs, BitSet cut) {

        public Prepared {
            pairs = List.copyOf(pairs);
            cut = (BitSet) cut.clone();
        }
    }

    /** The tokens of a query with each of some texts; safe for any thread. */
    Prepared prepare(String query, List<String> texts);

    /**
     * A score for each pair, in their order.
     *
     * @param pairs as {@link #prepare} makes them
     */
    float[] scoreTokens(List<PairTokens> pairs);
}
