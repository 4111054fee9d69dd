package io.chiaro.cli.quickstart;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps Lucene's notes about the JVM off standard error, and JVector's: which of its ways to read memory it takes, and that a later
 * version of it, or the vectors of a later Java, would be faster. Nobody who runs a command can do anything about them.
 */
public final class QuietLucene {

    // Held, because a logger that nobody holds forgets its level.
    private static final List<Logger> LOGGERS =
            List.of(Logger.getLogger("org.apache.lucene"), Logger.getLogger("io.github.jbellis.jvector"));

    private QuietLucene() {}

    /** Call before anything of either is loaded. */
    public static void apply() {
        LOGGERS.forEach(logger -> logger.setLevel(Level.SEVERE));
    }
}
