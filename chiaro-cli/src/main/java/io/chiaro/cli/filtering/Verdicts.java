package io.chiaro.cli.filtering;

import java.util.Arrays;
import java.util.OptionalInt;

/** Which rule dropped which pair of a file: a byte a pair. */
final class Verdicts {

    private static final byte STAYS = -1;

    private byte[] rules = new byte[1 << 10];
    private int size;

    /** Adds the next pair, which stays where no rule dropped it. */
    void add(OptionalInt rule) {
        if (size == rules.length) {
            rules = Arrays.copyOf(rules, Math.multiplyExact(2, size));
        }
        rules[size++] = rule.isPresent() ? narrow(rule.getAsInt()) : STAYS;
    }

    /** Drops a pair that has stayed so far. */
    void drop(int pair, int rule) {
        rules[pair] = narrow(rule);
    }

    private static byte narrow(int rule) {
        if (rule > Byte.MAX_VALUE) {
            throw new IllegalArgumentException("Verdicts: expected at most 128 rules, but found number " + rule);
        }
        return (byte) rule;
    }

    boolean stays(int pair) {
        return rules[pair] == STAYS;
    }

    /** The number of the rule that dropped a pair. */
    int rule(int pair) {
        return rules[pair];
    }

    int size() {
        return size;
    }

    int kept() {
        int kept = 0;
        for (int pair = 0; pair < size; pair++) {
            kept += stays(pair) ? 1 : 0;
        }
        return kept;
    }
}
