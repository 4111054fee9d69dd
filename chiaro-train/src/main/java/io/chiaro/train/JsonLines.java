package io.chiaro.train;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends each event to a file as one line of JSON, flushed at once, so that the file can be followed while the run goes
 * on and holds everything up to a kill.
 *
 * <p>Mutable; belongs to the thread that trains. Close it after the run.
 */
public final class JsonLines implements TrainingListener, AutoCloseable {

    private final Path file;
    private final BufferedWriter out;

    private JsonLines(Path file) {
        this.file = file.toAbsolutePath();
        try {
            Path folder = this.file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            out = Files.newBufferedWriter(this.file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw unwritable(failed);
        }
    }

    /** Opens the file of a new run; one that exists is begun anew. */
    public static JsonLines create(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    file.toAbsolutePath() + ": expected to begin the file anew, but could not remove the old one: "
                            + failed.getMessage() + ". Choose another folder.",
                    failed);
        }
        return new JsonLines(file);
    }

    /**
     * Opens the file of a run that goes on after a step: the events after it, the ending of the part before, and a last
     * line that a kill cut off are dropped, so that the file reads as if nothing had happened.
     */
    public static JsonLines resume(Path file, long step) {
        if (Files.exists(file)) {
            AtomicFiles.write(file, out -> {
                try (BufferedReader lines = Files.newBufferedReader(file)) {
                    read(file, lines, (event, line) -> {
                        Keep keep = new Keep(event.step() <= step);
                        event.accept(keep);
                        if (keep.keep) {
                            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                        }
                    });
                }
            });
        }
        return new JsonLines(file);
    }

    /** Reads the events of a file, in order, one at a time; a last line that a kill cut off is left out. */
    public static void replay(Path file, TrainingListener listener) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            read(file, lines, (event, line) -> listener.on(event));
        } catch (IOException failed) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    file.toAbsolutePath() + ": expected the events of a run, but the file cannot be read: "
                            + failed.getMessage() + ".",
                    failed);
        }
    }

    @Override
    public void on(TrainingEvent event) {
        try {
            out.write(event.line());
            out.write('\n');
            out.flush();
        } catch (IOException failed) {
            throw unwritable(failed);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException failed) {
            throw unwritable(failed);
        }
    }

    private ChiaroException unwritable(IOException failed) {
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                file + ": expected to write the events of the run, but found: " + failed.getMessage()
                        + ". Free space or choose another folder; the run can be resumed.",
                failed);
    }

    private interface LineReader {
        void read(TrainingEvent event, String line) throws IOException;
    }

    private static void read(Path file, BufferedReader lines, LineReader reader) throws IOException {
        long number = 0;
        for (String line = lines.readLine(); line != null; ) {
            number++;
            String next = lines.readLine();
            TrainingEvent event;
            try {
                event = TrainingEvent.from(file.toAbsolutePath() + ":" + number, line);
            } catch (ChiaroException broken) {
                if (next == null) {
                    return;
                }
                throw broken;
            }
            reader.read(event, line);
            line = next;
        }
    }

    /** An ending says that a part is over, which a resumed run is not. */
    private static final class Keep implements TrainingEvent.Visitor {
        private boolean keep;

        Keep(boolean early) {
            keep = early;
        }

        @Override
        public void finished(TrainingEvent.RunFinished event) {
            keep = false;
        }
    }
}
