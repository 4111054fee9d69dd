package io.chiaro.core.metric;

import io.chiaro.core.RandomStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** A table of expected values written by src/test/python/metric_values.py. */
final class ReferenceTable {

    private ReferenceTable() {}

    static List<Map<String, Double>> read(String name) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Objects.requireNonNull(ReferenceTable.class.getResourceAsStream(name))),
                StandardCharsets.UTF_8))) {
            List<String> lines = reader.lines().toList();
            String[] header = lines.get(0).split(",", -1);
            return lines.stream().skip(1).map(line -> row(header, line)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next number of the stream modulo n, as the script draws it. */
    static int below(RandomStream stream, int n) {
        return (int) Long.remainderUnsigned(stream.nextLong(), n);
    }

    private static Map<String, Double> row(String[] header, String line) {
        String[] cells = line.split(",", -1);
        Map<String, Double> row = new LinkedHashMap<>();
        for (int i = 0; i < header.length; i++) {
            row.put(header[i], Double.parseDouble(cells[i]));
        }
        return row;
    }
}
