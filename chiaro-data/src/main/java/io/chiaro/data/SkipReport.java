package io.chiaro.data;

import io.chiaro.data.RowProblem.Reason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The rows that were left out, by reason.
 *
 * @param counts rows left out for each reason that occurred
 * @param examples the messages of the first few
 */
public record SkipReport(Map<Reason, Long> counts, List<String> examples) {

    /** How many messages are kept. */
    static final int KEPT = 10;

    public SkipReport {
        Map<Reason, Long> sorted = new EnumMap<>(Reason.class);
        sorted.putAll(counts);
        counts = Collections.unmodifiableMap(sorted);
        examples = List.copyOf(examples);
    }

    /** Nothing was left out. */
    public static SkipReport none() {
        return new SkipReport(Map.of(), List.of());
    }

    /** Rows left out in all. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** One line, for example {@code 3 rows skipped: 2 empty text, 1 bad score}. */
    @Override
    public String toString() {
        if (counts.isEmpty()) {
            return "no rows skipped";
        }
        return total() + (total() == 1 ? " row" : " rows") + " skipped: "
                + counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey().words())
                        .collect(Collectors.joining(", "));
    }
}
