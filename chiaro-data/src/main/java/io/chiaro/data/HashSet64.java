package io.chiaro.data;

/** A growing set of 64-bit hashes without an object for each: 16 bytes a hash at most half full. */
final class HashSet64 {

    private long[] slots = new long[1 << 10];
    private int size;
    private boolean zero;

    /** Adds a hash; false if it was there. */
    boolean add(long hash) {
        if (hash == 0) {
            boolean fresh = !zero;
            zero = true;
            return fresh;
        }
        int slot = slot(hash);
        if (slots[slot] == hash) {
            return false;
        }
        slots[slot] = hash;
        if (2 * ++size > slots.length) {
            long[] old = slots;
            slots = new long[Math.multiplyExact(2, old.length)];
            for (long kept : old) {
                if (kept != 0) {
                    slots[slot(kept)] = kept;
                }
            }
        }
        return true;
    }

    boolean contains(long hash) {
        return hash == 0 ? zero : slots[slot(hash)] == hash;
    }

    private int slot(long hash) {
        int mask = slots.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (slots[slot] != 0 && slots[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
