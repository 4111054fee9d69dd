package io.chiaro.benchmarks.effects;

import io.chiaro.benchmarks.RowFile;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The finished runs: each is of an arm, a budget and a seed. One thread. */
record Rows(RowFile file) {

    static Rows read(Path file) {
        return new Rows(RowFile.read(file));
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
        return file.rows().stream()
                .filter(row -> row.string("arm").equals(arm.name())
                        && row.object("budget").toMap().equals(budget));
    }

    void append(Map<String, Object> row) {
        file.append(row);
    }
}
