package io.chiaro.cli.filtering;

import io.chiaro.cli.console.Output;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.data.RecordReader;
import io.chiaro.data.Role;
import io.chiaro.data.Roles;
import io.chiaro.data.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes what was found of a file's rows, each with the columns that it has besides: ids, domains and sources are of use to whoever
 * learns from it. A column stays out, and that is said, where its name would take a role in what is written, or where its value is
 * nested and was not read. Rows are read again, so that memory holds none.
 */
public final class RowsWithMore {

    private RowsWithMore() {}

    /**
     * What was found of a row.
     *
     * @param line where the row begins
     * @param values by the roles' own names
     */
    public record Found(long line, Map<String, Object> values) {}

    /**
     * Writes.
     *
     * @param roles by which the file was read
     * @param written the names of all that is found; of columns that have these roles it takes the place
     * @param found in the order of the lines; of a row any number, one line each
     */
    public static void write(
            Output output, Path out, Path data, Roles roles, Set<String> written, Iterator<Found> found) {
        Set<String> replaced = new TreeSet<>();
        for (Role role : Role.values()) {
            if (written.contains(role.key())) {
                replaced.addAll(roles.columns(role));
            }
        }
        Set<String> leftOut = new TreeSet<>();
        AtomicFiles.write(out, stream -> {
            try (RecordReader reader = RecordReader.open(data, roles.byPosition())) {
                Found next = found.hasNext() ? found.next() : null;
                for (Row row = reader.next(); row != null && next != null; row = reader.next()) {
                    while (next != null && next.line() == row.line()) {
                        Map<String, Object> line = new LinkedHashMap<>(next.values());
                        row.values().forEach((column, value) -> {
                            if (replaced.contains(column)) {
                                return;
                            }
                            if (written.contains(column) || Roles.hasRoleByName(column) || value == Row.Nested.VALUE) {
                                leftOut.add(column);
                            } else {
                                line.put(column, value);
                            }
                        });
                        write(stream, line);
                        next = found.hasNext() ? found.next() : null;
                    }
                }
                if (next != null) {
                    throw ChiaroException.data(data + ": expected the row of line " + next.line()
                            + " as when it was read before, but found none. Run again when nothing writes it.");
                }
            }
        });
        if (!leftOut.isEmpty()) {
            output.note(
                    "left out " + String.join(", ", leftOut)
                            + ": nested values, or names that would take a role in what is written; rename such columns to keep them");
        }
        output.note("wrote " + out);
    }

    private static void write(OutputStream stream, Map<String, Object> line) throws IOException {
        stream.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
