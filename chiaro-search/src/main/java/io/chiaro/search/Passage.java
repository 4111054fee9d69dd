package io.chiaro.search;

import java.util.List;

/**
 * A sentence of a text in which words of a query stand, or at most 500 characters of it, cut into pieces. Joined, the pieces
 * are the sentence; whoever shows them marks those that match, and need not trust the text.
 *
 * @param pieces in their order, at least one of which matches
 */
public record Passage(List<Piece> pieces) {

    public Passage {
        pieces = List.copyOf(pieces);
    }

    /**
     * A part of a passage.
     *
     * @param text not empty
     * @param match whether it is a word of the query, in any of its forms
     */
    public record Piece(String text, boolean match) {}
}
