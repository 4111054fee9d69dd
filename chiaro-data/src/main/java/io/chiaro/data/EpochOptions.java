package io.chiaro.data;

/**
 * How an epoch is cut into batches.
 *
 * @param batchSize rows of a batch
 * @param distinctTexts whether no text may occur in two rows of a batch; true where the other rows of a batch serve as
 *     negatives, for a text that is its own negative teaches nonsense
 * @param grouping which rows stand in a batch together. Groups are not split, so a batch may have fewer rows than batchSize,
 *     by less than a group
 * @param dropLast whether the smaller batches at the end of a source are left out
 * @param window batches of like length are cut from windows of so many batches; 1 means no ordering by length
 */
public record EpochOptions(int batchSize, boolean distinctTexts, Grouping grouping, boolean dropLast, int window) {

    public EpochOptions {
        if (batchSize < 1 || window < 1) {
            throw new IllegalArgumentException(
                    "EpochOptions: batchSize and window must be at least 1, but were " + batchSize + " and " + window);
        }
        grouping.check(batchSize);
    }

    /** Distinct texts, no grouping by label, the last batch kept, windows of 64 batches. */
    public static EpochOptions defaults(int batchSize) {
        return new EpochOptions(batchSize, true, Grouping.none(), false, 64);
    }

    /** The same with or without distinct texts. */
    public EpochOptions withDistinctTexts(boolean value) {
        return new EpochOptions(batchSize, value, grouping, dropLast, window);
    }

    /** The same with other rows together. */
    public EpochOptions withGrouping(Grouping value) {
        return new EpochOptions(batchSize, distinctTexts, value, dropLast, window);
    }

    /** The same with or without the smaller last batches. */
    public EpochOptions withDropLast(boolean value) {
        return new EpochOptions(batchSize, distinctTexts, grouping, value, window);
    }

    /** The same with another window. */
    public EpochOptions withWindow(int batches) {
        return new EpochOptions(batchSize, distinctTexts, grouping, dropLast, batches);
    }
}
