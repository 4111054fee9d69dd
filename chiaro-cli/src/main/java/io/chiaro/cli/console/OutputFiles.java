package io.chiaro.cli.console;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

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

    /**
     * Makes a folder one of a command's results, so that nothing else is written over or taken away.
     *
     * @param mark the file that says whose folder it is
     * @param command whose it is
     * @throws ChiaroException of kind usage if it holds other things
     */
    public static void begin(Path out, String mark, String command) {
        if (Files.exists(out.resolve(mark))) {
            return;
        }
        if (Files.exists(out) && !isEmpty(out)) {
            throw ChiaroException.usage("--out: expected a new or empty folder, or one of " + command
                    + ", but found other files in " + out + ". Name another.");
        }
        AtomicFiles.createFolder(out);
        Json.write(out.resolve(mark), Map.of("results-of", command));
    }

    private static boolean isEmpty(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Refuses a name from which nobody could tell that JSON lines are in the file. */
    public static void requireJsonLines(String option, Path out) {
        if (!out.toString().endsWith(".jsonl")) {
            throw ChiaroException.usage(
                    option + ": expected a name that ends with .jsonl, since JSON lines are written, but found " + out
                            + ". Rename it.");
        }
    }

    private static boolean isSame(Path out, Path read) {
        // By name too: what is written there first would be lost as well.
        if (out.toAbsolutePath().normalize().equals(read.toAbsolutePath().normalize())) {
            return true;
        }
        try {
            return Files.exists(out) && Files.exists(read) && Files.isSameFile(out, read);
        } catch (IOException e) {
            return false;
        }
    }
}
