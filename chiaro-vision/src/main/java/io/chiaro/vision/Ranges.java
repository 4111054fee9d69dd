package io.chiaro.vision;

/** Checks of augmentations' settings. */
final class Ranges {

    private Ranges() {}

    static void requireShare(String where, double value) {
        require(value >= 0 && value <= 1, where, "a number in [0, 1]", value);
    }

    static void require(boolean holds, String where, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(where + ": expected " + expected + ", but found " + found);
        }
    }
}
