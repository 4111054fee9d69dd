package io.chiaro.benchmarks;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The finished runs of a study, one JSON object a line of a file. One thread. */
public final class RowFile {

    private final Path file;
    private final List<JsonObject> rows = new ArrayList<>();

    private RowFile(Path file) {
        this.file = file;
    }

    /** Reads a file; one that is not there has no rows yet. */
    public static RowFile read(Path file) {
        RowFile rows = new RowFile(file);
        if (Files.isRegularFile(file)) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.forEach(line -> rows.rows.add(Json.parse(file.toString(), line)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return rows;
    }

    /** The rows so far, in their order. */
    public List<JsonObject> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** Adds a row, which is on the disk when this returns. */
    public void append(Map<String, Object> row) {
        String line = Json.line(row);
        try {
            AtomicFiles.createFolder(
                    Objects.requireNonNull(file.toAbsolutePath().getParent()));
            Files.write(
                    file,
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rows.add(Json.parse(file.toString(), line));
    }
}
