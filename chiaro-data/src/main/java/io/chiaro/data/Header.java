package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.RowProblem.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table of text: named by its first line, or by position as {@code #1}, {@code #2} ..., when the first
 * line is a row like the others.
 *
 * @param columns the names
 * @param isData whether the first line is a row
 */
record Header(List<String> columns, boolean isData) {

    private static final int LONGEST_NAME = 40;
    private static final int MOST_WORDS = 4;

    /**
     * The columns of a file with this first line; without any the file is empty.
     *
     * @throws ChiaroException if the file is empty or the names do not differ
     */
    static Header of(Path file, @Nullable List<String> first, boolean byPosition) {
        if (first == null) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected "
                    + (byPosition ? "rows" : "a header with the names of the columns")
                    + ", but the file is empty. "
                    + (byPosition ? "Check the path." : "Write one as line 1."));
        }
        return byPosition ? positions(first.size()) : named(file, first);
    }

    private static Header positions(int count) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            columns.add("#" + i);
        }
        return new Header(List.copyOf(columns), true);
    }

    private static Header named(Path file, List<String> names) {
        LinkedHashSet<String> seen = new LinkedHashSet<>();
        for (String name : names) {
            String stripped = name.strip();
            if (stripped.isEmpty() || !seen.add(stripped)) {
                throw ChiaroException.data(file.toAbsolutePath()
                        + ", line 1: expected a header of different names, but found "
                        + (stripped.isEmpty() ? "an empty one" : "\"" + stripped + "\" twice")
                        + ". Mend the header, or, if there is none, name columns by position: --roles "
                        + byPosition(names.size()) + ".");
            }
        }
        return new Header(List.copyOf(seen), false);
    }

    /** Roles of a file without a header, to be offered as an example. */
    static String byPosition(int columns) {
        return columns > 1 ? "anchor=#1,positive=#2" : "anchor=#1";
    }

    /** Whether names look like a row: sentences or numbers, as in a file that has no header. */
    static boolean looksLikeRow(Iterable<String> names) {
        for (String name : names) {
            if (name.matches("[+-]?\\d+([.]\\d+)?")
                    || name.length() > LONGEST_NAME
                    || name.split("\\s+").length > MOST_WORDS) {
                return true;
            }
        }
        return false;
    }

    /** The row of a line's fields, or a broken one if there are too few or too many. */
    Row row(Path file, long line, List<String> fields) {
        if (fields.size() != columns.size()) {
            return Row.broken(new RowProblem(
                    line,
                    Reason.BROKEN_ROW,
                    file.toAbsolutePath() + ", line " + line + ": expected " + columns.size() + " fields as in the "
                            + (isData ? "first line" : "header") + ", but found " + fields.size()
                            + ". Mend the row."));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            values.put(columns.get(i), fields.get(i));
        }
        return Row.of(line, values);
    }
}
