package io.chiaro.data;

import java.util.Arrays;

/** A set of 64-bit hashes that is emptied at no cost: an entry counts only if it bears the current stamp. */
final class TextSet {

    private final long[] hashes;
    private final int[] stamps;
    private int stamp;

    TextSet(long most) {
        int capacity = Integer.highestOneBit((int) Math.min(1 << 29, Math.max(8, 2 * most))) << 1;
        hashes = new long[capacity];
        stamps = new int[capacity];
    }

    void clear() {
        if (++stamp == 0) {
            Arrays.fill(stamps, 0);
            stamp = 1;
        }
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (stamps[slot] == stamp && hashes[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    boolean contains(long hash) {
        return stamps[slot(hash)] == stamp;
    }

    void add(long hash) {
        int slot = slot(hash);
        hashes[slot] = hash;
        stamps[slot] = stamp;
    }
}
