package io.chiaro.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a file, addressed by its line. A row that could not be read is handed out as its problem, and reading can go
 * on behind it.
 *
 * @param line the line where the row begins, counted from 1; for Parquet the number of the row
 * @param values by column: {@link String}, {@link Long}, {@link Double}, {@link Boolean}, a {@link java.util.List} of these,
 *     or {@link Nested}; a null is absent
 * @param problem why the row could not be read, or null
 */
public record Row(
        long line, Map<String, Object> values, @Nullable RowProblem problem) {

    /** Stands for a nested value, which no role can use. */
    public enum Nested {
        /** The only one. */
        VALUE
    }

    public Row {
        values = Collections.unmodifiableMap(values);
    }

    static Row of(long line, Map<String, Object> values) {
        return new Row(line, values, null);
    }

    static Row broken(RowProblem problem) {
        return new Row(problem.line(), new LinkedHashMap<>(), problem);
    }

    /** The value of a column, or null. */
    public @Nullable Object value(String column) {
        return values.get(column);
    }
}
