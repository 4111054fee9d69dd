package io.chiaro.example.papers.room;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** By what a search finds. */
public enum SearchMode {
    /** Words and meaning together. */
    HYBRID,
    /** The vectors alone: papers that say the same in other words. */
    SEMANTIC,
    /** BM25 alone: names and rare terms by their letters. */
    WORDS;

    /** How it is written in an address. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode that is written so. */
    public static Optional<SearchMode> of(String key) {
        return Arrays.stream(values()).filter(mode -> mode.key().equals(key)).findFirst();
    }
}
