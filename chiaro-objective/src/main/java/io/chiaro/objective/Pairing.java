package io.chiaro.objective;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Slot 3: which candidates an anchor has. The relation of each cell follows from item ids and contents. */
public sealed interface Pairing permits Pairing.InBatch, Pairing.Aligned, Pairing.Blocks {

    /**
     * All items of the batch are candidates.
     *
     * @param directions which texts stand against which; must hold {@link Direction#QUERY_TO_DOC}
     * @param partition which directions share a denominator
     * @param guide what leaves out false negatives, or null
     */
    record InBatch(
            List<Direction> directions,
            Partition partition,
            @Nullable GuideMask guide) implements Pairing {
        public InBatch {
            if (!directions.contains(Direction.QUERY_TO_DOC)) {
                throw new IllegalArgumentException(
                        "Pairing: the directions must hold query-to-doc, where the positive stands, but were "
                                + directions);
            }
            directions = List.copyOf(EnumSet.copyOf(directions));
            if (partition == Partition.PER_DIRECTION && directions.stream().anyMatch(Direction::comparesLikeWithLike)) {
                throw new IllegalArgumentException("Pairing: a direction that compares like with like holds no "
                        + "positive, so it cannot have a denominator of its own, but the directions were " + directions
                        + "; use the joint partition");
            }
        }
    }

    /** Only the item's own columns are candidates: row i of one view with row i of another. */
    record Aligned() implements Pairing {}

    /**
     * Rows against rows, whatever their number of views. What belongs together is told by the supervision.
     *
     * @param among which rows are anchors and which are candidates
     */
    record Blocks(Among among) implements Pairing {}

    /** Which rows stand against which. */
    enum Among {
        /** Every row of every view against every other. */
        BATCH(""),
        /** The first view's rows against the second's. */
        CROSS(""),
        /** As CROSS, and the second's against the first's; the value is their mean. */
        CROSS_BOTH(""),
        /** The first view's rows against their own in the second and the memory {@code queue}, which holds negatives only. */
        QUEUE("queue"),
        /** The first view's rows against the memory {@code queue} alone; what belongs to them a teacher says by degrees. */
        QUEUE_ALONE("queue"),
        /**
         * The first view's rows against the second's and the memory {@code queue}, which holds negatives only and is held fixed. A third view
         * is what a run puts into the queue, and is not compared.
         */
        CROSS_AND_QUEUE("queue"),
        /**
         * Every row against every other and against the memory {@code queue}, whose labels the memory {@code queue-labels}
         * holds; candidates are held fixed, as those of the queue are.
         */
        PAST("queue"),
        /** Every row against the memory {@code classes}, whose row k belongs to label k. */
        CLASSES("classes");

        private final String memory;

        Among(String memory) {
            this.memory = memory;
        }

        /** The memory whose rows are candidates; empty if there is none. */
        String memory() {
            return memory;
        }

        /** How many of so many views are compared. */
        int compared(int views) {
            return this == CROSS_AND_QUEUE ? Math.min(2, views) : views;
        }

        /** Whether its anchors are the rows of the first view alone. */
        boolean ofFirstView() {
            return this == CROSS || this == QUEUE || this == QUEUE_ALONE || this == CROSS_AND_QUEUE;
        }

        /** Whether it reads a queue whose rows are negatives for everybody. */
        boolean queuesNegatives() {
            return this == QUEUE || this == QUEUE_ALONE || this == CROSS_AND_QUEUE;
        }

        /** Which towers make its views in a run. */
        Towers towers() {
            return switch (this) {
                case QUEUE, QUEUE_ALONE -> Towers.ONLINE_AND_AVERAGED;
                case CROSS_AND_QUEUE -> Towers.BOTH_AND_FIRST_AVERAGED;
                default -> Towers.ONLINE;
            };
        }

        /** All memories that are read. */
        Set<String> memories() {
            return memory.isEmpty() ? Set.of() : this == PAST ? Set.of(memory, BatchRows.QUEUE_LABELS) : Set.of(memory);
        }
    }

    /** Rows against rows. */
    static Pairing blocks(Among among) {
        return new Blocks(among);
    }

    /** All items of the batch are candidates. */
    static Pairing inBatch(List<Direction> directions, Partition partition) {
        return new InBatch(directions, partition, null);
    }

    /** All items of the batch are candidates, but not those that a guide holds to be false negatives. */
    static Pairing inBatch(List<Direction> directions, Partition partition, GuideMask guide) {
        return new InBatch(directions, partition, guide);
    }

    /** Only the item's own columns are candidates. */
    static Pairing aligned() {
        return new Aligned();
    }
}
