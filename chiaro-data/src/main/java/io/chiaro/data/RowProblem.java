package io.chiaro.data;

import java.util.Locale;

/**
 * Why a row cannot be used.
 *
 * @param line the line of the file where the row begins, counted from 1 (for Parquet: the row)
 * @param reason the kind of mistake, by which skipped rows are counted
 * @param message one sentence that names file, line and column, says what was expected and found, and what to do
 */
public record RowProblem(long line, Reason reason, String message) {

    /** The kinds of mistake. */
    public enum Reason {
        /** The line is not a row of its format. */
        BROKEN_ROW,
        /** Bytes that are not UTF-8. */
        NOT_UTF8,
        /** A column that has a role is absent or null. */
        MISSING_VALUE,
        /** A value of another type than its role wants. */
        WRONG_TYPE,
        /** A text without any visible character. */
        EMPTY_TEXT,
        /** A score that is not a finite number. */
        BAD_SCORE,
        /** A list of another length than in the first row. */
        WRONG_COUNT,
        /** A text of which the encoder made no token. */
        NO_TOKENS;

        /** In words, for example {@code empty text}. */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }
}
