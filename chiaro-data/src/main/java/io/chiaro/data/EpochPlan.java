package io.chiaro.data;

import io.chiaro.core.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one epoch, all planned before the first step: so the number of steps is exact, the largest batch is known
 * to the memory plan, and a resumed run takes up the same batches. Determined by the sources, the options, the seed and the
 * epoch; immutable; safe for several threads.
 *
 * <p>For each source the rows are shuffled; within a window of batches they are ordered by length and cut into batches; then
 * the batches of all sources are shuffled. Every batch comes from one source. Every row occurs at most once, but for
 * those that are bound to every batch ({@link Grouping.Kind#BOUND}); rows in no batch are counted in {@link #dropped()}.
 *
 * <p>With distinct texts a row that repeats a text of the batch is parked under that text and tried again at the start of
 * later batches. At most one row for each parked text and a bounded number of misses are tried for a batch, so planning
 * takes time linear in the rows, however many duplicates there are.
 */
public final class EpochPlan {

    /**
     * A store and its share.
     *
     * @param store the rows
     * @param weight the share of its batches among all weighted sources; 0 takes all its batches
     * @param groups the number of each row's group, such as its community or its cluster; null for its label
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Source(TokenStore store, double weight, int @Nullable [] groups) {
        public Source {
            if (groups != null && groups.length != store.rows()) {
                throw new IllegalArgumentException("EpochPlan: expected a group for each of " + store.rows()
                        + " rows, but found " + groups.length);
            }
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("EpochPlan: a weight must be 0 or positive, but was " + weight);
            }
        }

        /** A store whose rows are grouped by label, if at all. */
        public Source(TokenStore store, double weight) {
            this(store, weight, null);
        }

        /** The same with groups of rows. */
        public Source withGroups(int[] numbers) {
            return new Source(store, weight, numbers);
        }

        /** All batches of a store. */
        public static Source all(TokenStore store) {
            return new Source(store, 0);
        }
    }

    /**
     * Rows that stand in no batch, and why.
     *
     * @param duplicates rows whose texts occur too often for them to stand in different batches
     * @param lonelyLabels rows whose label has no second row, or too few for a group (grouping by label only)
     * @param last rows of smaller last batches that were left out
     * @param weights rows held back so that the sources keep their weights
     */
    public record Dropped(long duplicates, long lonelyLabels, long last, long weights) {

        /** Rows in no batch. */
        public long total() {
            return duplicates + lonelyLabels + last + weights;
        }

        Dropped plus(Dropped other) {
            return new Dropped(
                    duplicates + other.duplicates,
                    lonelyLabels + other.lonelyLabels,
                    last + other.last,
                    weights + other.weights);
        }
    }

    private final List<SourceBatches> planned;
    private final int[] source;
    private final int[] batch;
    private final Dropped dropped;
    private final int largest;
    private final long placed;

    private EpochPlan(List<SourceBatches> planned, int[] source, int[] batch, Dropped dropped) {
        this.planned = planned;
        this.source = source;
        this.batch = batch;
        this.dropped = dropped;
        int most = -1;
        long rows = 0;
        for (int i = 0; i < batch.length; i++) {
            rows += planned.get(source[i]).size(batch[i]);
            if (most < 0 || tokens(i) > tokens(most)) {
                most = i;
            }
        }
        largest = most;
        placed = rows;
    }

    /** Plans from all rows of one store. */
    public static EpochPlan of(TokenStore store, EpochOptions options, long seed, long epoch) {
        return of(List.of(Source.all(store)), options, seed, epoch);
    }

    /**
     * Plans from several stores. The numbers of batches of weighted sources are in proportion to their weights, as many as
     * the scarcest of them allows; other epochs take other rows of the rest.
     */
    public static EpochPlan of(List<Source> sources, EpochOptions options, long seed, long epoch) {
        return plan(
                sources.stream()
                        .map(source -> RowTable.of(source.store(), source.groups()))
                        .toList(),
                sources.stream().mapToDouble(Source::weight).toArray(),
                options,
                seed,
                epoch);
    }

    static EpochPlan plan(List<RowTable> tables, double[] weights, EpochOptions options, long seed, long epoch) {
        List<SourceBatches> planned = new ArrayList<>();
        for (int s = 0; s < tables.size(); s++) {
            planned.add(new BatchCutter(tables.get(s), options, seed, epoch, s).cut());
        }
        int[] wanted = wanted(planned, weights);
        int total = Arrays.stream(wanted).sum();
        int[] source = new int[total];
        int[] batch = new int[total];
        Dropped dropped = new Dropped(0, 0, 0, 0);
        // Full batches in random order come first, the smaller ones behind them.
        int full = 0;
        int small = total;
        for (int s = 0; s < planned.size(); s++) {
            SourceBatches batches = planned.get(s);
            int[] order = RandomStream.of(seed, "epoch-batches", epoch, s).permutation(batches.fullBatches());
            // Rows that are bound to every batch are held back with the last of them only.
            long heldBack = wanted[s] == 0 && batches.batches() > 0 ? batches.bound() : 0;
            for (int i = 0; i < batches.batches(); i++) {
                int which = i < order.length ? order[i] : i;
                if (i >= wanted[s]) {
                    heldBack += batches.size(which) - batches.bound();
                    continue;
                }
                int slot = which < batches.fullBatches() ? full++ : --small;
                source[slot] = s;
                batch[slot] = which;
            }
            dropped = dropped.plus(batches.dropped()).plus(new Dropped(0, 0, 0, heldBack));
        }
        int[] order = RandomStream.of(seed, "epoch-order", epoch).permutation(full);
        int[] shuffledSource = source.clone();
        int[] shuffledBatch = batch.clone();
        for (int i = 0; i < full; i++) {
            shuffledSource[i] = source[order[i]];
            shuffledBatch[i] = batch[order[i]];
        }
        return new EpochPlan(planned, shuffledSource, shuffledBatch, dropped);
    }

    private static int[] wanted(List<SourceBatches> planned, double[] weights) {
        double scale = Double.POSITIVE_INFINITY;
        for (int s = 0; s < weights.length; s++) {
            if (weights[s] > 0) {
                scale = Math.min(scale, planned.get(s).batches() / weights[s]);
            }
        }
        int[] wanted = new int[weights.length];
        for (int s = 0; s < weights.length; s++) {
            int all = planned.get(s).batches();
            wanted[s] = weights[s] > 0 ? (int) Math.min(all, Math.round(scale * weights[s])) : all;
        }
        return wanted;
    }

    /** Batches of the epoch, exactly. */
    public int batches() {
        return batch.length;
    }

    /** The index of the source of batch i. */
    public int source(int i) {
        return source[i];
    }

    /** The rows of batch i in its source, a new array. */
    public int[] rows(int i) {
        return planned.get(source[i]).rows(batch[i]);
    }

    /** Rows of batch i. */
    public int size(int i) {
        return planned.get(source[i]).size(batch[i]);
    }

    /** Tokens of all texts of batch i. */
    public long tokens(int i) {
        return planned.get(source[i]).tokens(batch[i]);
    }

    /** The batch with the most tokens, which a memory plan must hold; -1 if there is no batch. */
    public int largest() {
        return largest;
    }

    /** Rows in all batches; one that is bound to every batch counts in each. */
    public long placed() {
        return placed;
    }

    /** Rows in no batch, and why. */
    public Dropped dropped() {
        return dropped;
    }
}
