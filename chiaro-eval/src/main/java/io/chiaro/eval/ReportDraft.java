package io.chiaro.eval;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Ranker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A report in the making. */
final class ReportDraft {

    private static final String COSINE = "cosine";

    private final Task task;
    private final String data;
    private final String dataHash;
    private final EvaluationOptions options;
    private final String name;
    private final String system;
    private final Optional<ModelDescription> model;
    private final Map<String, Double> metrics = new LinkedHashMap<>();
    private final Map<String, String> definitions = new LinkedHashMap<>();
    private final Map<String, Integer> sizes = new LinkedHashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Long> seeds = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    ReportDraft(Task task, String data, String dataHash, EvaluationOptions options, Embedder embedder) {
        this(
                task,
                data,
                dataHash,
                options,
                embedder.description().name(),
                embedder.description().name(),
                Optional.of(embedder.description()));
    }

    ReportDraft(Task task, String data, String dataHash, EvaluationOptions options, Ranker ranker) {
        this(task, data, dataHash, options, ranker.name(), ranker.description(), Optional.empty());
    }

    ReportDraft(
            Task task,
            String data,
            String dataHash,
            EvaluationOptions options,
            String name,
            String system,
            Optional<ModelDescription> model) {
        this.task = task;
        this.data = data;
        this.dataHash = dataHash;
        this.options = options;
        this.name = name;
        this.system = system;
        this.model = model;
    }

    String name() {
        return name;
    }

    void metric(String key, double value, String definition) {
        metrics.put(key, value);
        if (!definition.isEmpty()) {
            definitions.put(key, definition);
        }
    }

    /** A correlation with a constant has no value; it is reported as 0, and said so. */
    double defined(String part, double value) {
        if (Double.isNaN(value)) {
            note(part + ": all similarities or all scores are equal, so the correlation has no value; reported as 0.");
            return 0;
        }
        return value;
    }

    void size(String name, int size) {
        sizes.put(name, size);
    }

    void setting(String name, String value) {
        settings.put(name, value);
    }

    void seed(long seed) {
        if (!seeds.contains(seed)) {
            seeds.add(seed);
        }
    }

    void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    Report report() {
        return new Report(
                metrics,
                new Protocol(
                        task.key(),
                        data,
                        dataHash,
                        options.split(),
                        name,
                        system,
                        model,
                        model.isPresent() ? COSINE : "",
                        sizes,
                        definitions,
                        settings,
                        seeds,
                        notes));
    }
}
