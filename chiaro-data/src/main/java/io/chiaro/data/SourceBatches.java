package io.chiaro.data;

import java.util.Arrays;

/**
 * The batches of one source as one array of rows; batch i is {@code rows[starts[i]] .. rows[starts[i + 1] - 1]}.
 *
 * <p>A plain class and not a record: its arrays must not leave it, and equality has no meaning.
 */
final class SourceBatches {

    private final int[] rows;
    private final int[] starts;
    private final long[] tokens;
    private final int fullBatches;
    private final int bound;
    private final EpochPlan.Dropped dropped;

    SourceBatches(int[] rows, int[] starts, long[] tokens, int fullBatches, int bound, EpochPlan.Dropped dropped) {
        this.rows = rows;
        this.starts = starts;
        this.tokens = tokens;
        this.fullBatches = fullBatches;
        this.bound = bound;
        this.dropped = dropped;
    }

    int batches() {
        return tokens.length;
    }

    /** The first so many batches are full; the smaller ones stand behind them. */
    int fullBatches() {
        return fullBatches;
    }

    /** The first so many rows are those of every batch. */
    int bound() {
        return bound;
    }

    int size(int batch) {
        return starts[batch + 1] - starts[batch];
    }

    int[] rows(int batch) {
        return Arrays.copyOfRange(rows, starts[batch], starts[batch + 1]);
    }

    long tokens(int batch) {
        return tokens[batch];
    }

    EpochPlan.Dropped dropped() {
        return dropped;
    }
}
