package io.chiaro.data;

/**
 * Which rows of a source stand in a batch together, by the number of the group that each row has: its label, or what {@link
 * EpochPlan.Source#groups} says.
 *
 * @param kind how groups are used
 * @param size rows of a group, where the kind asks for it
 */
public record Grouping(Kind kind, int size) {

    /** How groups are used. */
    public enum Kind {
        /** Not at all. */
        NONE,
        /** Every label of a batch has at least two rows in it: rows go in twos or threes of one label. */
        PAIRED,
        /**
         * Every label of a batch has the same number of rows in it. Rows that are too few for that, or too many for the number
         * of batches, are left out of the epoch and counted; other epochs take others.
         */
        BALANCED,
        /** A group is not torn apart; a batch holds whole groups, drawn anew for every epoch. */
        TOGETHER,
        /** No two rows of one group in a batch. Rows of groups that are larger than there are batches are left out and counted. */
        APART,
        /**
         * One row of each label stands in every batch, always the same one; the others are shuffled into the rest of it (Kini et al.,
         * "Symmetric Neural-Collapse Representations with Supervised Contrastive Loss", ICLR 2024: batch binding). So no
         * two batches can settle for figures that do not fit each other, and no label is ever missing.
         */
        BOUND
    }

    /** No groups. */
    public static Grouping none() {
        return new Grouping(Kind.NONE, 1);
    }

    /** At least two rows of each label; for objectives that learn from labels. */
    public static Grouping paired() {
        return new Grouping(Kind.PAIRED, 2);
    }

    /** So many rows of each label. */
    public static Grouping balanced(int rows) {
        return new Grouping(Kind.BALANCED, rows);
    }

    /** Whole groups. */
    public static Grouping together() {
        return new Grouping(Kind.TOGETHER, 1);
    }

    /** One row of a group at most. */
    public static Grouping apart() {
        return new Grouping(Kind.APART, 1);
    }

    /** One row of each label in every batch. */
    public static Grouping bound() {
        return new Grouping(Kind.BOUND, 1);
    }

    void check(int batchSize) {
        if (size < 1) {
            throw new IllegalArgumentException("Grouping: a group has at least one row, but was told " + size);
        }
        boolean byLabel = kind == Kind.PAIRED || kind == Kind.BALANCED;
        if (byLabel && batchSize < 2 * size) {
            throw new IllegalArgumentException("Grouping: batches grouped by label hold at least two labels with "
                    + size + " rows each, but a batch has " + batchSize);
        }
    }

    /** Whether no batch may hold two units of one group. */
    boolean keepsGroupsApart() {
        return kind == Kind.BALANCED || kind == Kind.APART;
    }
}
