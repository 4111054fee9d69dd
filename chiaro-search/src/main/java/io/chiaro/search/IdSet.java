package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import java.nio.charset.StandardCharsets;

/** Notices an id that comes twice, in 16 to 32 bytes an id: it keeps 64-bit hashes, whose chance collisions can be ignored. */
final class IdSet {

    /** Lucene's own limit of a term is 32,766 bytes; ids are for people and logs. */
    private static final int LONGEST = TextIndexWriter.LONGEST_ID;

    private long[] slots = new long[1 << 10];
    private int size;

    /**
     * Adds an id.
     *
     * @throws ChiaroException if it was added before, or is empty or too long
     */
    void addNew(String id) {
        if (id.isEmpty() || id.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw ChiaroException.data("document " + (size + 1) + ": expected an id of 1 to " + LONGEST
                    + " bytes, but found " + id.length() + " characters. Give it another id.");
        }
        long hash = RandomStream.address(0, id);
        if (!put(slots, hash == 0 ? 1 : hash)) {
            throw ChiaroException.data("document " + (size + 1) + ": expected ids that differ, but found \"" + id
                    + "\" again. Remove or rename one.");
        }
        size++;
        if (size > slots.length / 2) {
            long[] larger = new long[slots.length * 2];
            for (long slot : slots) {
                if (slot != 0) {
                    put(larger, slot);
                }
            }
            slots = larger;
        }
    }

    private static boolean put(long[] slots, long hash) {
        int at = (int) (hash & (slots.length - 1));
        while (slots[at] != 0) {
            if (slots[at] == hash) {
                return false;
            }
            at = (at + 1) & (slots.length - 1);
        }
        slots[at] = hash;
        return true;
    }
}
