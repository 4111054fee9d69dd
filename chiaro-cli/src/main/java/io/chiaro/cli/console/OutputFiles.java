package io.chiaro.cli.console;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where commands write. */
public final class OutputFiles {

    private OutputFiles() {}

    /**
     * Refuses to write over what is read: it would be lost.
     *
     * @param option that names where to write
     * @param out what is written
     * @param read files and folders that are read; what is not there cannot be lost
     */
    public static void refuseOver(String option, Path out, Path... read) {
        for (Path one : read) {
            if (isSame(out, one)) {
                throw ChiaroException.usage(option + ": expected another file than those that are read, but found "
                        + out.toAbsolutePath() + " twice; what it holds would be lost. Name another file.");
            }
        }
    }

    private static boolean isSame(Path out, Path read) {
        try {
            return Files.exists(out) && Files.exists(read) && Files.isSameFile(out, read);
        } catch (IOException e) {
            return out.toAbsolutePath().normalize().equals(read.toAbsolutePath().normalize());
        }
    }
}
