package io.chiaro.pgvector;

import io.chiaro.core.ChiaroException;
import java.util.regex.Pattern;

/** The name of a table, with its schema or without, as it may stand in a statement. */
record TableName(String quoted, String plain) {

    /** PostgreSQL cuts names after 63 bytes; the longest that is derived of one has 15 more. */
    private static final Pattern VALID = Pattern.compile("([a-z_][a-z0-9_]{0,62}\\.)?[a-z_][a-z0-9_]{0,47}");

    static TableName of(String name) {
        if (!VALID.matcher(name).matches()) {
            throw ChiaroException.usage(
                    "table: expected a name of small letters, digits and _, at most 48, with its schema"
                            + " and a dot before it or without, but found \"" + name + "\". Choose such a name.");
        }
        return new TableName("\"" + name.replace(".", "\".\"") + "\"", name.substring(name.indexOf('.') + 1));
    }

    /** The name of the graph over the table's vectors; an index has the schema of its table. */
    String graph() {
        return "\"" + plain + "_embedding_hnsw\"";
    }
}
