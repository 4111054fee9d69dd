package io.chiaro.benchmarks.effects;

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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The finished runs, one line of a file each. A run is of an arm, a budget and a seed. One thread. */
final class Rows {

    private final Path file;
    private final List<JsonObject> rows = new ArrayList<>();

    private Rows(Path file) {
        this.file = file;
    }

    /** Reads a file; one that is not there has no rows yet. */
    static Rows read(Path file) {
        Rows rows = new Rows(file);
        if (Files.isRegularFile(file)) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.forEach(line -> rows.rows.add(Json.parse(file.toString(), line)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return rows;
    }

    boolean has(Arm arm, long seed) {
        return of(arm).anyMatch(row -> row.integer("seed") == seed);
    }

    /** A figure of an arm by seed. */
    Map<Integer, Double> values(Arm arm, String figure) {
        Map<Integer, Double> values = new TreeMap<>();
        of(arm).forEach(row ->
                values.put(row.integer("seed"), row.object("figures").number(figure)));
        return values;
    }

    private Stream<JsonObject> of(Arm arm) {
        Map<String, Object> budget =
                Json.parse("budget", Json.line(arm.bench().budget())).toMap();
        return rows.stream()
                .filter(row -> row.string("arm").equals(arm.name())
                        && row.object("budget").toMap().equals(budget));
    }

    /** Adds a line, which is on the disk when this returns. */
    void append(Map<String, Object> row) {
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
