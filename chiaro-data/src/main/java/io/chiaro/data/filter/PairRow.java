package io.chiaro.data.filter;

import io.chiaro.data.Row;

/**
 * A pair and the row that it stands in.
 *
 * @param row with all columns of the file
 * @param pair its anchor and its positive; an absent text is an empty one
 */
public record PairRow(Row row, TextPair pair) {

    /** The line where the row begins. */
    public long line() {
        return row.line();
    }
}
