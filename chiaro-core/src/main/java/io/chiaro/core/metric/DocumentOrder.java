package io.chiaro.core.metric;

/**
 * The order in which trec_eval reads a run, whatever the order of its lines: the higher score first, compared as 32-bit
 * floats, and of equal scores the id that is greater byte by byte in UTF-8 first.
 */
public final class DocumentOrder {

    private DocumentOrder() {}

    /** Negative if the first document comes before the second, positive if after it, zero if they are the same. */
    public static int compare(float score, String id, float otherScore, String otherId) {
        if (score > otherScore) {
            return -1;
        }
        if (score < otherScore) {
            return 1;
        }
        return compareIds(otherId, id);
    }

    /**
     * Compares ids as C compares their UTF-8 bytes, which is the order of code points. Java's own order of strings differs
     * where a surrogate pair meets a character above U+DFFF.
     */
    public static int compareIds(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean xPair = Character.isSurrogate(x);
                boolean yPair = Character.isSurrogate(y);
                return xPair == yPair ? Character.compare(x, y) : xPair ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
