package io.chiaro.cli.filtering;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.data.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Rows of a file as JSON lines with all their columns. */
public final class RowLines {

    private RowLines() {}

    /** Writes a row; refuses one with a nested value, which was not read. */
    public static void write(OutputStream into, Path data, Row row) throws IOException {
        if (row.values().containsValue(Row.Nested.VALUE)) {
            throw ChiaroException.data(
                    data + ", line " + row.line()
                            + ": expected texts, numbers and lists of them to write again, but found a nested value. Leave --out out.");
        }
        into.write((Json.line(row.values()) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
