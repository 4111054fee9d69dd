package io.chiaro.cli.console;

import io.chiaro.core.Json;
import java.nio.file.Path;

/** Writes the one JSON document of a command. Apart from the command classes, so that --help loads no JSON. */
public final class Documents {

    private Documents() {}

    /** Writes to a file, whole or not at all, or with {@code -} to standard output. */
    public static void write(Output output, String to, Object document) {
        if (to.equals("-")) {
            output.document(Json.text(document));
        } else {
            Json.write(Path.of(to), document);
            output.note("wrote " + to);
        }
    }
}
