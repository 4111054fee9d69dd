package io.chiaro.model;

import java.util.List;

/**
 * Everything that the directory of a late-interaction model says besides weights and vocabulary (Khattab and Zaharia, "ColBERT",
 * SIGIR 2020, section 3.2).
 *
 * @param name what users call the model
 * @param config the encoder's shape
 * @param dimension numbers of a token's vector
 * @param query how queries are read
 * @param document how documents are read
 * @param expandsQueries whether a query is filled up with mask tokens to its limit, which count as its own
 * @param skipped tokens, such as punctuation, whose vectors in documents do not count
 */
public record LateInteractionSpecification(
        String name,
        BertConfig config,
        int dimension,
        Side query,
        Side document,
        boolean expandsQueries,
        List<String> skipped) {

    /** The fewest tokens of a text: those around it, a marker and one of its own. */
    public static final int FEWEST_TOKENS = 4;

    /**
     * How one side of a pair is read.
     *
     * @param marker a token of the vocabulary behind the first one, which tells the sides apart; empty for none
     * @param maxTokens longest input in tokens, special tokens and marker included
     */
    public record Side(String marker, int maxTokens) {}

    public LateInteractionSpecification {
        skipped = List.copyOf(skipped);
        for (Side side : List.of(query, document)) {
            if (side.maxTokens() < FEWEST_TOKENS || side.maxTokens() > config.maxPositions()) {
                throw new IllegalArgumentException("LateInteractionSpecification: expected a limit from "
                        + FEWEST_TOKENS + " tokens to the " + config.maxPositions()
                        + " positions of the encoder, but found " + side.maxTokens());
            }
        }
        if (dimension < 1) {
            throw new IllegalArgumentException(
                    "LateInteractionSpecification: expected vectors of at least one number, but found " + dimension);
        }
        if (!skipped.isEmpty() && document.marker().equals(query.marker())) {
            throw new IllegalArgumentException(
                    "LateInteractionSpecification: tokens are skipped in documents only, so expected a marker that tells"
                            + " documents from queries, but found \"" + document.marker() + "\" for both");
        }
    }

    /** The same with another encoder. */
    public LateInteractionSpecification withConfig(BertConfig other) {
        return new LateInteractionSpecification(name, other, dimension, query, document, expandsQueries, skipped);
    }

    /** The limit of the side that is cut first. */
    public int leastTokens() {
        return Math.min(query.maxTokens(), document.maxTokens());
    }

    /** How texts of a role are read: queries as such, all others as documents. */
    public Side side(TextRole role) {
        return role == TextRole.QUERY ? query : document;
    }

    /** What a reader of results must know, for weights of this hash. */
    public RerankerDescription description(String hash) {
        return new RerankerDescription(name, hash, document.maxTokens(), "MaxSim of " + dimension + " numbers a token");
    }
}
