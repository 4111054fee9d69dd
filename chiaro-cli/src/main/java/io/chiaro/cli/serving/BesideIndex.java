package io.chiaro.cli.serving;

import io.chiaro.core.ChiaroException;
import java.nio.file.Path;

/**
 * An index that another model than the served one filled.
 *
 * @param folder of the index
 * @param model its name or directory
 */
public record BesideIndex(Path folder, String model) {

    /** Reads {@code DIR=MODEL}. */
    public static BesideIndex parse(String given) {
        int at = given.lastIndexOf('=');
        if (at < 1 || at == given.length() - 1) {
            throw ChiaroException.usage(
                    "--beside: expected DIR=MODEL, the folder of an index and the model that filled it,"
                            + " but found \"" + given + "\".");
        }
        return new BesideIndex(Path.of(given.substring(0, at)), given.substring(at + 1));
    }
}
