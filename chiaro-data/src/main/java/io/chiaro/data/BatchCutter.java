package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import java.util.Arrays;

/**
 * Cuts the rows of one source into batches. The unit that is placed is a row, or with a {@link Grouping} a group of rows.
 */
final class BatchCutter {

    private static final long GROUPS = 0x5851F42D4C957F2DL;

    private final RowTable table;
    private final EpochOptions options;

    /** Rows in shuffled order; unit u is {@code unitRows[unitStart(u)] .. unitRows[unitStart(u + 1) - 1]}. */
    private int[] unitRows;

    /** Null where every unit is one row. */
    private int @org.jspecify.annotations.Nullable [] unitStarts;

    private int units;
    private long lonely;
    /** Rows that stand in every batch, before all others. */
    private int[] bound = new int[0];

    // The stream of units that were not yet tried, window by window.
    private final int windowUnits;
    private long[] window = new long[0];
    private int inWindow;
    private int windowAt;
    private int unitAt;
    private final RandomStream random;

    // The batch that is being filled, and what was cut so far.
    private int[] placed;
    private int placedRows;
    private int batchStart;
    private long batchTokens;
    private int[] starts = new int[1024];
    private long[] tokens = new long[1024];
    private int batches;

    private final TextSet texts;
    private final ParkedUnits parked = new ParkedUnits();
    private long conflict;

    BatchCutter(RowTable table, EpochOptions options, long seed, long epoch, int source) {
        this.table = table;
        this.options = options;
        this.random = RandomStream.of(seed, "epoch-rows", epoch, source);
        this.unitRows = random.permutation(table.rows());
        this.units = unitRows.length;
        long perUnit = 1;
        switch (options.grouping().kind()) {
            case NONE, APART -> {}
            case PAIRED -> {
                group(2, true);
                perUnit = 2;
            }
            case BALANCED -> {
                group(options.grouping().size(), false);
                perUnit = options.grouping().size();
            }
            case BOUND -> bind(RandomStream.of(seed, "bound-rows", source));
            case TOGETHER -> {
                together();
                perUnit = Math.max(1, unitRows.length / Math.max(1, units));
            }
        }
        this.windowUnits = (int) Math.min(units, Math.max(1, (long) options.window() * options.batchSize() / perUnit));
        this.placed = new int[Math.max(1, table.rows())];
        this.texts = new TextSet((long) options.batchSize() * (table.columns() + 1));
    }

    /** Takes a row of each label out of the units; the choice is that of the run and not of the epoch. */
    private void bind(RandomStream choice) {
        int labels = groupStarts().length - 1;
        int[] of = new int[labels];
        Arrays.fill(of, -1);
        TextSet seen = new TextSet((long) labels * table.columns() + 1);
        seen.clear();
        for (int row : choice.permutation(table.rows())) {
            if (of[table.group(row)] < 0 && !(options.distinctTexts() && repeats(row, seen))) {
                of[table.group(row)] = row;
                for (int column = 0; column < table.columns(); column++) {
                    seen.add(table.contentHash(row, column));
                }
            }
        }
        bound = Arrays.stream(of).filter(row -> row >= 0).toArray();
        if (bound.length >= options.batchSize()) {
            throw ChiaroException.data(
                    "epoch plan: a batch of " + options.batchSize() + " rows cannot hold one of each " + "of "
                            + bound.length + " labels and others beside them. Use a larger batch.");
        }
        unitRows = Arrays.stream(unitRows)
                .filter(row -> of[table.group(row)] != row)
                .toArray();
        units = unitRows.length;
    }

    private int unitStart(int unit) {
        int[] bounds = unitStarts;
        return bounds == null ? unit : bounds[unit];
    }

    /**
     * Groups the shuffled rows by label in so many, then shuffles the groups. Rows that are left over join the last group of
     * their label if they may, else they are counted.
     */
    private void group(int size, boolean mayJoin) {
        int[] from = groupStarts();
        int labels = from.length - 1;
        int groups = 0;
        for (int label = 0; label < labels; label++) {
            int rows = from[label + 1] - from[label];
            groups += rows / size;
            lonely += mayJoin && rows >= size ? 0 : rows % size;
        }
        int[] byLabel = byGroup(from);
        int[] begins = new int[groups];
        int[] sizes = new int[groups];
        int group = 0;
        for (int label = 0; label < labels; label++) {
            int end = from[label + 1];
            for (int at = from[label]; end - at >= size; ) {
                int taken = mayJoin && end - at < 2 * size ? end - at : size;
                begins[group] = at;
                sizes[group++] = taken;
                at += taken;
            }
        }
        shuffleUnits(byLabel, begins, sizes, groups);
    }

    /** Whole groups as units; a row that repeats a text of its group stands by itself. */
    private void together() {
        int[] from = groupStarts();
        int[] rows = byGroup(from);
        int[] begins = new int[rows.length];
        int[] sizes = new int[rows.length];
        int count = 0;
        for (int group = 0; group + 1 < from.length; group++) {
            int kept = options.distinctTexts() ? distinctFirst(rows, from[group], from[group + 1]) : from[group + 1];
            if (kept > from[group]) {
                begins[count] = from[group];
                sizes[count++] = kept - from[group];
            }
            for (int at = kept; at < from[group + 1]; at++) {
                begins[count] = at;
                sizes[count++] = 1;
            }
        }
        shuffleUnits(rows, begins, sizes, count);
    }

    /** Moves rows that repeat a text of an earlier row behind the others; returns where they begin. */
    private int distinctFirst(int[] rows, int from, int to) {
        TextSet seen = new TextSet((long) (to - from) * table.columns());
        seen.clear();
        int[] repeated = new int[to - from];
        int count = 0;
        int kept = from;
        for (int at = from; at < to; at++) {
            if (repeats(rows[at], seen)) {
                repeated[count++] = rows[at];
                continue;
            }
            for (int column = 0; column < table.columns(); column++) {
                seen.add(table.contentHash(rows[at], column));
            }
            rows[kept++] = rows[at];
        }
        System.arraycopy(repeated, 0, rows, kept, count);
        return kept;
    }

    private boolean repeats(int row, TextSet seen) {
        boolean repeats = false;
        for (int column = 0; column < table.columns(); column++) {
            repeats |= seen.contains(table.contentHash(row, column));
        }
        return repeats;
    }

    /** Where the rows of each group begin when they stand group by group. */
    private int[] groupStarts() {
        int groups = 0;
        for (int row = 0; row < table.rows(); row++) {
            if (table.group(row) < 0) {
                throw new IllegalArgumentException(
                        "EpochPlan: grouping by label needs labels, but row " + row + " has none");
            }
            groups = Math.max(groups, table.group(row) + 1);
        }
        int[] from = new int[groups + 1];
        for (int row = 0; row < table.rows(); row++) {
            from[table.group(row) + 1]++;
        }
        for (int group = 0; group < groups; group++) {
            from[group + 1] += from[group];
        }
        return from;
    }

    /** The shuffled rows, group by group. */
    private int[] byGroup(int[] from) {
        int[] rows = new int[table.rows()];
        int[] next = Arrays.copyOf(from, from.length - 1);
        for (int row : unitRows) {
            rows[next[table.group(row)]++] = row;
        }
        return rows;
    }

    private void shuffleUnits(int[] rows, int[] begins, int[] sizes, int groups) {
        int[] order = random.permutation(groups);
        int[] grouped = new int[Arrays.stream(sizes, 0, groups).sum()];
        int[] bounds = new int[groups + 1];
        for (int i = 0; i < groups; i++) {
            System.arraycopy(rows, begins[order[i]], grouped, bounds[i], sizes[order[i]]);
            bounds[i + 1] = bounds[i] + sizes[order[i]];
        }
        unitRows = grouped;
        unitStarts = bounds;
        units = groups;
    }

    SourceBatches cut() {
        int full = 0;
        long last = 0;
        int held = -1;
        while (true) {
            begin();
            boolean closed = held >= 0 && !fill(held);
            held = -1;
            int turns = parked.texts();
            for (int misses = 0; turns > 0 && misses < 4 * options.batchSize() && !isFull() && !closed; turns--) {
                int unit = parked.poll();
                if (conflicts(unit)) {
                    parked.park(conflict, unit);
                    misses++;
                } else if (!fill(unit)) {
                    held = unit;
                    closed = true;
                }
            }
            while (!isFull() && !closed) {
                int unit = nextFresh();
                if (unit < 0) {
                    break;
                }
                if (conflicts(unit)) {
                    parked.park(conflict, unit);
                } else if (!fill(unit)) {
                    held = unit;
                    closed = true;
                }
            }
            int size = placedRows - batchStart;
            if (isFull() || closed) {
                end();
                full++;
                continue;
            }
            // No fresh unit is left, so every further batch is a smaller one. Those that still hold half the size are
            // worth their step; the last may be smaller still, but a single row would have no negative.
            boolean worth = !options.dropLast() && size > bound.length && size >= (options.distinctTexts() ? 2 : 1);
            boolean goOn = worth && 2 * size >= options.batchSize() && parked.units() > 0;
            if (worth) {
                end();
            } else {
                last = size - bound.length;
                placedRows = batchStart;
            }
            if (!goOn) {
                return finish(full, last);
            }
        }
    }

    private SourceBatches finish(int full, long last) {
        // A bound row is counted once, if there is a batch at all.
        long repeated = (long) bound.length * Math.max(0, batches - 1);
        long duplicates = table.rows() - lonely - (placedRows - repeated) - last;
        starts = Arrays.copyOf(starts, batches + 1);
        starts[batches] = placedRows;
        return new SourceBatches(
                Arrays.copyOf(placed, placedRows),
                starts,
                Arrays.copyOf(tokens, batches),
                full,
                bound.length,
                new EpochPlan.Dropped(duplicates, lonely, last, 0));
    }

    private void begin() {
        batchStart = placedRows;
        batchTokens = 0;
        texts.clear();
        for (int row : bound) {
            place(row);
        }
    }

    private void place(int row) {
        if (placedRows == placed.length) {
            placed = Arrays.copyOf(placed, 2 * placed.length);
        }
        placed[placedRows++] = row;
        batchTokens += table.tokens(row);
        if (options.distinctTexts()) {
            for (int column = 0; column < table.columns(); column++) {
                texts.add(table.contentHash(row, column));
            }
        }
    }

    private void end() {
        if (batches == tokens.length) {
            starts = Arrays.copyOf(starts, 2 * batches);
            tokens = Arrays.copyOf(tokens, 2 * batches);
        }
        starts[batches] = batchStart;
        tokens[batches] = batchTokens;
        batches++;
    }

    private boolean isFull() {
        return placedRows - batchStart == options.batchSize();
    }

    /** Adds a unit to the batch unless it is larger than the room that is left. */
    private boolean fill(int unit) {
        int from = unitStart(unit);
        int to = unitStart(unit + 1);
        if (placedRows - batchStart + to - from > options.batchSize()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            place(unitRows[i]);
        }
        if (options.grouping().keepsGroupsApart()) {
            texts.add(groupHash(unitRows[from]));
        }
        return true;
    }

    /**
     * Whether a unit repeats a text of the batch, or the group of another unit that may not be there twice; {@link #conflict} is
     * then what it repeats. Texts that are equal within the unit are not held against it: no batch could ever take it.
     */
    private boolean conflicts(int unit) {
        if (options.grouping().keepsGroupsApart() && texts.contains(groupHash(unitRows[unitStart(unit)]))) {
            conflict = groupHash(unitRows[unitStart(unit)]);
            return true;
        }
        if (!options.distinctTexts()) {
            return false;
        }
        for (int i = unitStart(unit); i < unitStart(unit + 1); i++) {
            for (int column = 0; column < table.columns(); column++) {
                long hash = table.contentHash(unitRows[i], column);
                if (texts.contains(hash)) {
                    conflict = hash;
                    return true;
                }
            }
        }
        return false;
    }

    /** A group among the hashes of texts. */
    private long groupHash(int row) {
        return RandomStream.mix(GROUPS + table.group(row));
    }

    private int nextFresh() {
        if (windowAt == inWindow) {
            if (unitAt == units) {
                return -1;
            }
            inWindow = Math.min(windowUnits, units - unitAt);
            if (window.length < inWindow) {
                window = new long[inWindow];
            }
            for (int i = 0; i < inWindow; i++) {
                long length = 0;
                // Tokens in the high half, the unit in the low: one sort of plain numbers, ties in shuffled order.
                for (int at = unitStart(unitAt + i); at < unitStart(unitAt + i + 1) && options.window() > 1; at++) {
                    length += table.tokens(unitRows[at]);
                }
                window[i] = length << 32 | (unitAt + i);
            }
            Arrays.sort(window, 0, inWindow);
            unitAt += inWindow;
            windowAt = 0;
        }
        return (int) window[windowAt++];
    }
}
