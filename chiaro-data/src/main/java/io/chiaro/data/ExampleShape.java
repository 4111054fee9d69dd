package io.chiaro.data;

/**
 * What one example of a data set holds, derived from the {@link Roles} of its columns. Objectives say which shapes they
 * accept.
 *
 * <p>The texts of an example stand in the order anchor, positive, negatives; {@link #texts()} counts them.
 *
 * @param kind the family
 * @param negatives negatives of each example; zero for kinds without negatives
 * @param scores numbers of each example; zero for kinds without scores
 */
public record ExampleShape(Kind kind, int negatives, int scores) {

    /** The families of examples. */
    public enum Kind {
        /** Anchor. */
        TEXTS,
        /** Anchor and label. */
        LABELLED_TEXTS,
        /** Anchor and positive. */
        PAIRS,
        /** Anchor, positive and one score. */
        SCORED_PAIRS,
        /** Anchor, positive (the second text) and label. */
        LABELLED_PAIRS,
        /** Anchor, positive and one negative. */
        TRIPLETS,
        /** Anchor, positive and two negatives or more. */
        PAIRS_WITH_NEGATIVES,
        /**
         * Anchor, positive, one negative or more, and a teacher's scores: either one number (the margin between the
         * positive and the only negative) or one for the positive and each negative.
         */
        SCORED_NEGATIVES
    }

    public ExampleShape {
        boolean negativesFit = switch (kind) {
            case TEXTS, LABELLED_TEXTS, PAIRS, SCORED_PAIRS, LABELLED_PAIRS -> negatives == 0;
            case TRIPLETS -> negatives == 1;
            case PAIRS_WITH_NEGATIVES -> negatives >= 2;
            case SCORED_NEGATIVES -> negatives >= 1;
        };
        boolean scoresFit = switch (kind) {
            case SCORED_PAIRS -> scores == 1;
            case SCORED_NEGATIVES -> scores == 1 + negatives || (scores == 1 && negatives == 1);
            case TEXTS, LABELLED_TEXTS, PAIRS, LABELLED_PAIRS, TRIPLETS, PAIRS_WITH_NEGATIVES -> scores == 0;
        };
        if (!negativesFit || !scoresFit) {
            throw new IllegalArgumentException(
                    "ExampleShape: " + kind + " cannot have " + negatives + " negatives and " + scores + " scores");
        }
    }

    /** Anchors alone. */
    public static final ExampleShape TEXTS = new ExampleShape(Kind.TEXTS, 0, 0);
    /** Anchors with labels. */
    public static final ExampleShape LABELLED_TEXTS = new ExampleShape(Kind.LABELLED_TEXTS, 0, 0);
    /** Anchors with positives. */
    public static final ExampleShape PAIRS = new ExampleShape(Kind.PAIRS, 0, 0);
    /** Pairs with a score. */
    public static final ExampleShape SCORED_PAIRS = new ExampleShape(Kind.SCORED_PAIRS, 0, 1);
    /** Pairs with a label. */
    public static final ExampleShape LABELLED_PAIRS = new ExampleShape(Kind.LABELLED_PAIRS, 0, 0);
    /** Anchors with a positive and a negative. */
    public static final ExampleShape TRIPLETS = new ExampleShape(Kind.TRIPLETS, 1, 0);

    /** Pairs with n negatives: {@link #PAIRS} for 0, {@link #TRIPLETS} for 1. */
    public static ExampleShape pairsWithNegatives(int n) {
        return n == 0 ? PAIRS : n == 1 ? TRIPLETS : new ExampleShape(Kind.PAIRS_WITH_NEGATIVES, n, 0);
    }

    /** Texts of one example: 1, 2 or 2 + negatives. */
    public int texts() {
        return kind == Kind.TEXTS || kind == Kind.LABELLED_TEXTS ? 1 : 2 + negatives;
    }

    /** Whether every example has a label. */
    public boolean labelled() {
        return kind == Kind.LABELLED_TEXTS || kind == Kind.LABELLED_PAIRS;
    }

    /** Whether every example has scores. */
    public boolean scored() {
        return scores > 0;
    }

    /** In words, for example {@code pairs with 5 negatives}. */
    @Override
    public String toString() {
        return switch (kind) {
            case TEXTS -> "texts";
            case LABELLED_TEXTS -> "labelled texts";
            case PAIRS -> "pairs";
            case SCORED_PAIRS -> "scored pairs";
            case LABELLED_PAIRS -> "labelled pairs";
            case TRIPLETS -> "triplets";
            case PAIRS_WITH_NEGATIVES -> "pairs with " + negatives + " negatives";
            case SCORED_NEGATIVES ->
                "pairs with " + negatives + (negatives == 1 ? " negative and " : " negatives and ") + scores
                        + (scores == 1 ? " score" : " scores");
        };
    }
}
