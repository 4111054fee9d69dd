package io.chiaro.objective;

/**
 * Which texts of a batch stand against which. "doc" means the positives and the hard negatives together.
 *
 * <p>The row of the anchor side always is the row of an item: its query, or its positive.
 */
public enum Direction {
    /** The query against all docs: the only direction whose positive is the numerator. */
    QUERY_TO_DOC(ViewRole.ANCHOR, true, true, false),
    /** The query against the other queries. */
    QUERY_TO_QUERY(ViewRole.ANCHOR, false, false, true),
    /** The positive against all queries. */
    DOC_TO_QUERY(ViewRole.POSITIVE, false, false, false),
    /** The positive against the docs of other items. */
    DOC_TO_DOC(ViewRole.POSITIVE, true, true, true),
    /** The positive against the positives of other items, hard negatives left out. */
    POSITIVE_TO_POSITIVE(ViewRole.POSITIVE, true, false, true);

    private final ViewRole anchor;
    private final boolean positives;
    private final boolean negatives;
    private final boolean likeWithLike;

    Direction(ViewRole anchor, boolean positives, boolean negatives, boolean likeWithLike) {
        this.anchor = anchor;
        this.positives = positives;
        this.negatives = negatives;
        this.likeWithLike = likeWithLike;
    }

    /** The role of the row that looks for candidates. */
    ViewRole anchor() {
        return anchor;
    }

    /** Whether views of this role are candidates. */
    boolean takes(ViewRole role) {
        return switch (role) {
            case ANCHOR -> !positives;
            case POSITIVE -> positives;
            case NEGATIVE -> negatives;
        };
    }

    /** Whether queries stand against queries or docs against docs, so that texts of one item are no candidates. */
    boolean comparesLikeWithLike() {
        return likeWithLike;
    }
}
