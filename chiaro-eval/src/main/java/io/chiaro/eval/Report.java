package io.chiaro.eval;

import io.chiaro.core.Json;
import io.chiaro.core.TextTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of one system on one task, with the protocol that they hold for. Immutable.
 *
 * @param metrics values by key, most of them fractions from 0 to 1; where a data set has parts, {@code part/key} too
 * @param protocol how they came about
 */
public record Report(Map<String, Double> metrics, Protocol protocol) {

    public Report {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** The value of a metric of this report. */
    public double metric(String key) {
        Double value = metrics.get(key);
        if (value == null) {
            throw new IllegalArgumentException(
                    "Report.metric: expected one of " + metrics.keySet() + ", but found " + key);
        }
        return value;
    }

    /** The report as one document: the metrics at its root, then {@code protocol}. */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>(metrics);
        document.put("protocol", protocol);
        return document;
    }

    /** The document as JSON. */
    public String json() {
        return Json.text(document());
    }

    /** Writes the document, all of it or nothing. */
    public void write(Path file) {
        Json.write(file, document());
    }

    /**
     * The figures in the shape of MTEB's result files, so that they can be laid next to public ones.
     *
     * @param taskName what MTEB calls the data set, for example SciFact
     * @param languages the languages with their script, for example eng-Latn
     * @param evaluationSeconds how long it took, measured by the caller
     */
    public Map<String, Object> benchmarkDocument(String taskName, List<String> languages, double evaluationSeconds) {
        Map<String, Object> scores = new LinkedHashMap<>();
        Task task = Task.of(protocol.task());
        scores.put("main_score", metric(task.mainMetric()));
        metrics.forEach((key, value) -> scores.put(benchmarkKey(key), value));
        scores.put("hf_subset", "default");
        scores.put("languages", languages);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("dataset_revision", protocol.dataHash());
        document.put("task_name", taskName);
        document.put("mteb_version", null);
        document.put("scores", Map.of(protocol.split(), List.of(scores)));
        document.put("evaluation_time", evaluationSeconds);
        return document;
    }

    private static String benchmarkKey(String key) {
        return switch (key) {
            case "spearman" -> "cosine_spearman";
            case "pearson" -> "cosine_pearson";
            case "average-precision" -> "cosine_ap";
            default -> key.replace("@", "_at_").replace('-', '_').replace('/', '_');
        };
    }

    /** The report as text: one metric a line, then the protocol. */
    public String table() {
        return table(List.of(this));
    }

    /** Reports of one task side by side, a column a system, then what their protocols share and where they differ. */
    public static String table(List<Report> reports) {
        if (reports.isEmpty()) {
            throw new IllegalArgumentException("Report.table: expected at least one report");
        }
        List<String> keys = new ArrayList<>();
        for (Report report : reports) {
            report.metrics.keySet().stream().filter(key -> !keys.contains(key)).forEach(keys::add);
        }
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("metric"));
        for (Report report : reports) {
            head.add(report.protocol.name());
        }
        lines.add(head);
        for (String key : keys) {
            List<String> line = new ArrayList<>(List.of(key));
            for (Report report : reports) {
                Double value = report.metrics.get(key);
                line.add(value == null ? "-" : String.format(Locale.ROOT, "%.4f", value));
            }
            lines.add(line);
        }
        StringBuilder text = new StringBuilder(TextTable.of(lines));
        for (Report report : reports) {
            text.append('\n');
            describe(report.protocol, text);
        }
        return text.toString();
    }

    private static void describe(Protocol protocol, StringBuilder text) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("system", protocol.system()));
        lines.add(List.of("task", protocol.task()));
        lines.add(List.of("data", protocol.data() + " (" + protocol.split() + ")"));
        protocol.model().ifPresent(model -> {
            lines.add(List.of("model hash", model.hash()));
            lines.add(List.of("dimension", String.valueOf(model.dimension())));
            lines.add(
                    List.of("limit", model.maxTokens() == Integer.MAX_VALUE ? "none" : model.maxTokens() + " tokens"));
            lines.add(List.of(
                    "prompts",
                    "text \"" + model.prompts().text() + "\", query \""
                            + model.prompts().query() + "\", document \""
                            + model.prompts().document() + "\""));
        });
        if (!protocol.similarity().isEmpty()) {
            lines.add(List.of("similarity", protocol.similarity()));
        }
        protocol.sizes().forEach((name, size) -> lines.add(List.of(name, String.valueOf(size))));
        protocol.metrics().forEach((name, definition) -> lines.add(List.of(name, definition)));
        protocol.settings().forEach((name, setting) -> lines.add(List.of(name, setting)));
        if (!protocol.seeds().isEmpty()) {
            lines.add(List.of("seeds", protocol.seeds().toString()));
        }
        protocol.notes().forEach(note -> lines.add(List.of("note", note)));
        int width = lines.stream().mapToInt(line -> line.get(0).length()).max().orElse(0);
        for (List<String> line : lines) {
            text.append(line.get(0))
                    .append(" ".repeat(width - line.get(0).length() + 2))
                    .append(line.get(1))
                    .append('\n');
        }
    }
}
