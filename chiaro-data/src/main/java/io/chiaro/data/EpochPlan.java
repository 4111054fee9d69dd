package io.chiaro.data;

import java.util.List;

/** Signatures only; filled in the next commit. */
public final class EpochPlan {

    /** A store with its weight among the sources. */
    public record Source(TokenStore store, double weight) {}

    private EpochPlan() {}

    /** Plans from one store. */
    public static EpochPlan of(TokenStore store, EpochOptions options, long seed, long epoch) {
        throw new UnsupportedOperationException();
    }

    /** Plans from several stores; batches of a source are in proportion to its weight. */
    public static EpochPlan of(List<Source> sources, EpochOptions options, long seed, long epoch) {
        throw new UnsupportedOperationException();
    }

    /** Batches of the epoch, exactly. */
    public int batches() {
        throw new UnsupportedOperationException();
    }

    /** Index of the source of batch i. */
    public int source(int i) {
        throw new UnsupportedOperationException();
    }

    /** Rows of batch i, all of one source. */
    public int[] rows(int i) {
        throw new UnsupportedOperationException();
    }

    /** The batch with the most tokens: the one that a memory plan must hold. */
    public int largest() {
        throw new UnsupportedOperationException();
    }

    /** Rows in all batches. */
    public long placed() {
        throw new UnsupportedOperationException();
    }

    /** Rows that stand in no batch, and why. */
    public Dropped dropped() {
        throw new UnsupportedOperationException();
    }

    /**
     * @param duplicates rows whose texts occur too often to be told apart in full batches
     * @param lonelyLabels rows whose label has no second row (grouping by label only)
     * @param last rows of the smaller last batches (drop last only)
     * @param weights rows held back so that the sources keep their weights
     */
    public record Dropped(long duplicates, long lonelyLabels, long last, long weights) {
        public long total() {
            return duplicates + lonelyLabels + last + weights;
        }
    }
}
