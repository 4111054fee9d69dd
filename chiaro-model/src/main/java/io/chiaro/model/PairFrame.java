package io.chiaro.model;

import java.util.Arrays;

/**
 * The special tokens before, between and behind two texts.
 *
 * @param before the first text
 * @param between both
 * @param behind the second text
 * @param typed whether the second text and what is behind it have type 1
 */
@SuppressWarnings("ArrayRecordComponent")
record PairFrame(int[] before, int[] between, int[] behind, boolean typed) {

    /**
     * Reads the frame off an example.
     *
     * @param whole the ids of a pair of equal texts
     * @param types of each id
     * @param content the ids of that text alone
     */
    static PairFrame of(int[] whole, int[] types, int[] content) {
        int first = indexOf(whole, content, 0);
        int second = indexOf(whole, content, first + content.length);
        if (first < 0 || second < 0) {
            throw new IllegalStateException("the tokenizer does not put two texts behind each other");
        }
        int typed = 0;
        while (typed < types.length && types[typed] == 0) {
            typed++;
        }
        boolean plain = typed == types.length;
        boolean asBert =
                typed == second && Arrays.stream(types, typed, types.length).allMatch(type -> type == 1);
        if (!plain && !asBert) {
            throw new IllegalStateException("expected token types 0 for the first text and 1 from the second text on, "
                    + "but the tokenizer gives " + Arrays.toString(types));
        }
        return new PairFrame(
                Arrays.copyOf(whole, first),
                Arrays.copyOfRange(whole, first + content.length, second),
                Arrays.copyOfRange(whole, second + content.length, whole.length),
                asBert);
    }

    private static int indexOf(int[] whole, int[] part, int from) {
        for (int start = Math.max(0, from); start + part.length <= whole.length; start++) {
            if (Arrays.equals(whole, start, start + part.length, part, 0, part.length)) {
                return start;
            }
        }
        return -1;
    }

    /** How many special tokens there are. */
    int size() {
        return before.length + between.length + behind.length;
    }

    /**
     * Two texts in this frame. What is too long loses tokens from its right end, the longer text first, as the Hugging Face
     * tokenizers' {@code longest_first} does: a text of up to half of the room is left whole, and two longer ones are cut to half of
     * it each, where the odd token belongs to the longer one, or the second if they are equal.
     *
     * @param first ids without special tokens
     * @param second the same
     * @param most ids, special tokens counted
     */
    PairTokens around(int[] first, int[] second, int most) {
        int room = most - size();
        int ofFirst = first.length;
        int ofSecond = second.length;
        if (ofFirst + ofSecond > room) {
            int shorter = Math.min(Math.min(ofFirst, ofSecond), room / 2);
            boolean firstIsShorter = ofFirst <= ofSecond;
            ofFirst = firstIsShorter ? shorter : room - shorter;
            ofSecond = firstIsShorter ? room - shorter : shorter;
        }
        int[] ids = new int[size() + ofFirst + ofSecond];
        int at = put(before, before.length, ids, 0);
        at = put(first, ofFirst, ids, at);
        at = put(between, between.length, ids, at);
        int start = at;
        at = put(second, ofSecond, ids, at);
        put(behind, behind.length, ids, at);
        return new PairTokens(ids, typed ? start : ids.length);
    }

    private static int put(int[] part, int length, int[] into, int at) {
        System.arraycopy(part, 0, into, at, length);
        return at + length;
    }
}
