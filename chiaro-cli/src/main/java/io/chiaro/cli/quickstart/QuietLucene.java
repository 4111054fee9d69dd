package io.chiaro.cli.quickstart;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps Lucene's notes about the JVM off standard error: which of its ways to read memory it takes, and that a later version
 * of it would be faster on a later Java. Nobody who runs a command can do anything about them.
 */
public final class QuietLucene {

    // Held, because a logger that nobody holds forgets its level.
    private static final Logger LOGGER = Logger.getLogger("org.apache.lucene");

    private QuietLucene() {}

    /** Call before anything of Lucene is loaded. */
    public static void apply() {
        LOGGER.setLevel(Level.SEVERE);
    }
}
