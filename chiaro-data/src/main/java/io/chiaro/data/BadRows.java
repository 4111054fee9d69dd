package io.chiaro.data;

/** What happens at a row that cannot be used. It is never lost quietly. */
public enum BadRows {
    /** The first one ends the reading with its file, line and reason. */
    STOP,
    /** It is left out, counted by reason, and reported in a {@link SkipReport}. */
    SKIP
}
