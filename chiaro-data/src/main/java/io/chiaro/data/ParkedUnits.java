package io.chiaro.data;

import java.util.Arrays;

/**
 * Units that wait for a later batch, in a line for each text that they must not share a batch with; the lines themselves
 * stand in a ring. All operations take constant time; memory grows with what is parked.
 */
final class ParkedUnits {

    // From a text to its line: open addressing, never removed.
    private long[] hashes = new long[64];
    private int[] lines = new int[64];
    private int usedLines;

    // Lines: first and last entry, -1 if empty.
    private int[] first = new int[32];
    private int[] last = new int[32];

    // Entries: the unit and the entry behind it; free ones are chained.
    private int[] unit = new int[64];
    private int[] next = new int[64];
    private int usedEntries;
    private int free = -1;
    private int units;

    // Non-empty lines in the order of their turn.
    private int[] ring = new int[64];
    private int ringFrom;
    private int ringSize;

    ParkedUnits() {
        Arrays.fill(lines, -1);
    }

    /** Texts for which a unit waits. */
    int texts() {
        return ringSize;
    }

    /** Units that wait. */
    int units() {
        return units;
    }

    void park(long hash, int parkedUnit) {
        int line = line(hash);
        int entry = entry();
        unit[entry] = parkedUnit;
        next[entry] = -1;
        if (first[line] < 0) {
            first[line] = entry;
            enqueue(line);
        } else {
            next[last[line]] = entry;
        }
        last[line] = entry;
        units++;
    }

    /** Takes the unit whose turn it is; the rest of its line goes to the end of the ring. */
    int poll() {
        int line = ring[ringFrom];
        ringFrom = ringFrom + 1 & ring.length - 1;
        ringSize--;
        int entry = first[line];
        first[line] = next[entry];
        if (first[line] >= 0) {
            enqueue(line);
        }
        next[entry] = free;
        free = entry;
        units--;
        return unit[entry];
    }

    private int entry() {
        if (free >= 0) {
            int entry = free;
            free = next[entry];
            return entry;
        }
        if (usedEntries == unit.length) {
            unit = Arrays.copyOf(unit, 2 * usedEntries);
            next = Arrays.copyOf(next, 2 * usedEntries);
        }
        return usedEntries++;
    }

    private void enqueue(int line) {
        if (ringSize == ring.length) {
            int[] larger = new int[2 * ringSize];
            for (int i = 0; i < ringSize; i++) {
                larger[i] = ring[ringFrom + i & ring.length - 1];
            }
            ring = larger;
            ringFrom = 0;
        }
        ring[ringFrom + ringSize & ring.length - 1] = line;
        ringSize++;
    }

    private int line(long hash) {
        int slot = slot(hash);
        if (lines[slot] >= 0) {
            return lines[slot];
        }
        if (2 * (usedLines + 1) > lines.length) {
            grow();
            slot = slot(hash);
        }
        if (usedLines == first.length) {
            first = Arrays.copyOf(first, 2 * usedLines);
            last = Arrays.copyOf(last, 2 * usedLines);
        }
        hashes[slot] = hash;
        lines[slot] = usedLines;
        first[usedLines] = -1;
        last[usedLines] = -1;
        return usedLines++;
    }

    private int slot(long hash) {
        int mask = lines.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (lines[slot] >= 0 && hashes[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldLines = lines;
        hashes = new long[2 * oldHashes.length];
        lines = new int[2 * oldLines.length];
        Arrays.fill(lines, -1);
        for (int i = 0; i < oldLines.length; i++) {
            if (oldLines[i] >= 0) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                lines[slot] = oldLines[i];
            }
        }
    }
}
