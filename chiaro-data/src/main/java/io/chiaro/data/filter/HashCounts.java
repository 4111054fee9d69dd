package io.chiaro.data.filter;

/** How often each 64-bit hash came, without an object for each: 12 bytes a place, at most half of the places taken. */
final class HashCounts {

    private long[] hashes = new long[1 << 10];
    /** Nothing stands in a place whose count is 0. */
    private int[] counts = new int[1 << 10];

    private int size;

    /** Counts a hash once more; beyond 2^31 - 1 it is no longer counted. */
    void add(long hash) {
        int place = place(hash);
        if (counts[place] == 0) {
            if (2 * ++size > hashes.length) {
                grow();
                place = place(hash);
            }
            hashes[place] = hash;
        }
        counts[place] = Math.max(counts[place], counts[place] + 1);
    }

    /** How often it came. */
    int of(long hash) {
        return counts[place(hash)];
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldCounts = counts;
        hashes = new long[Math.multiplyExact(2, oldHashes.length)];
        counts = new int[hashes.length];
        for (int old = 0; old < oldHashes.length; old++) {
            if (oldCounts[old] > 0) {
                int place = place(oldHashes[old]);
                hashes[place] = oldHashes[old];
                counts[place] = oldCounts[old];
            }
        }
    }

    private int place(long hash) {
        int mask = hashes.length - 1;
        int place = (int) (hash ^ hash >>> 32) & mask;
        while (counts[place] != 0 && hashes[place] != hash) {
            place = place + 1 & mask;
        }
        return place;
    }
}
