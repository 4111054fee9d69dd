package io.chiaro.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that {@code fit} is told, as one document: {@code chiaro fit run.json} reads it, every run writes it, and
 * flags override it. Strict: an unknown key, a missing version or a value of the wrong type is one sentence with the
 * file, the key and the nearest valid name.
 *
 * <pre>{@code
 * {
 *   "version": 1,
 *   "data": [{"path": "pairs.jsonl", "roles": {"anchor": "question", "positive": "answer"}, "weight": 1.0}],
 *   "base": "all-MiniLM-L6-v2",
 *   "set": {"temperature": "0.05"},
 *   "out": "out/answers",
 *   "epochs": 1,
 *   "batch": 256,
 *   "eval": [{"task": "retrieval", "path": "dev"}],
 *   "learning-rate": 2.0E-5,
 *   "schedule": "cosine(warmup=0.1)",
 *   "best-metric": "ndcg@10"
 * }
 * }</pre>
 *
 * <p>What a file leaves out has the value of {@link #defaults}. Paths are as the user wrote them: a relative one starts at
 * the current folder, as it does on the command line.
 *
 * <p>Immutable, safe from any thread.
 *
 * @param version of the schema, {@value #VERSION}
 * @param data the sources of records, in order
 * @param base the model to start from: a name or a directory
 * @param recipe the objective's name; when absent the columns' roles choose it
 * @param set slots of the recipe that are set otherwise, by name
 * @param out the folder of the run; absent only until a flag gives it
 * @param epochs passes over the data; not together with {@code steps}
 * @param steps optimiser steps; not together with {@code epochs}
 * @param batch items that are contrasted with each other in a step
 * @param accumulate batches whose mean is the gradient of a step; each is contrasted only with itself, so it adds no negatives
 * @param chunkTokens tokens that are in memory at once; does not change the result
 * @param checkpointSteps steps between two checkpoints
 * @param eval what is judged at each checkpoint
 * @param seed of every random stream of the run
 * @param threads compute threads; when absent the machine's cores
 * @param learningRate the base rate that the schedule multiplies
 * @param optimizer its name, for example {@code adamw}
 * @param schedule as {@link Schedule#parse} reads it
 * @param weightDecay decoupled decay, at least 0
 * @param clip the largest norm of the whole gradient; 0 for none
 * @param bestMetric the key of the metric by which the best checkpoint is kept
 * @param patience evaluations without a better metric after which the run stops; absent for never
 */
public record RunFile(
        int version,
        List<Source> data,
        String base,
        Optional<String> recipe,
        Map<String, String> set,
        Optional<String> out,
        Optional<Integer> epochs,
        Optional<Long> steps,
        int batch,
        int accumulate,
        int chunkTokens,
        int checkpointSteps,
        List<Evaluation> eval,
        long seed,
        Optional<Integer> threads,
        double learningRate,
        String optimizer,
        String schedule,
        double weightDecay,
        double clip,
        Optional<String> bestMetric,
        Optional<Integer> patience) {

    /** The version of the schema that this library writes and reads. */
    public static final int VERSION = 1;

    /**
     * Where records come from.
     *
     * @param path a file
     * @param roles column names by role; empty when the columns are named like the roles
     * @param weight how often this source is drawn, relative to the others
     * @param task what is learned from it, where a run learns several things from several sources
     */
    public record Source(String path, Map<String, String> roles, double weight, Optional<Task> task) {
        public Source {
            roles = ordered(roles);
            check(weight > 0 && weight < Double.POSITIVE_INFINITY, "a positive weight of " + path, weight);
        }

        /** A source of a run that learns one thing. */
        public Source(String path, Map<String, String> roles, double weight) {
            this(path, roles, weight, Optional.empty());
        }
    }

    /**
     * One of several things that a run learns, each with a recipe of its own.
     *
     * @param name lower-case letters, digits and {@code -}
     * @param recipe its objective's name; when absent the columns' roles choose it
     * @param set slots of its recipe that are set otherwise, by name
     * @param batch items of its batches; when absent the run's
     */
    public record Task(String name, Optional<String> recipe, Map<String, String> set, Optional<Integer> batch) {
        public Task {
            check(name.matches("[a-z0-9]+(-[a-z0-9]+)*"), "a task named in lower-case letters, digits and -", name);
            set = ordered(set);
            check(batch.orElse(1) >= 1, "batch of at least 1 in task " + name, batch);
        }
    }

    /**
     * What a model is judged by.
     *
     * @param task the name of the task, for example {@code sts}
     * @param path its data
     */
    public record Evaluation(String task, String path) {}

    public RunFile {
        check(version == VERSION, "version " + VERSION + ", the one that this library reads", version);
        data = List.copyOf(data);
        set = ordered(set);
        eval = List.copyOf(eval);
        check(epochs.isEmpty() || steps.isEmpty(), "either epochs or steps", "both");
        check(epochs.orElse(1) >= 1, "epochs of at least 1", epochs);
        check(steps.orElse(1L) >= 1, "steps of at least 1", steps);
        check(batch >= 1, "batch of at least 1", batch);
        check(accumulate >= 1, "accumulate of at least 1", accumulate);
        check(chunkTokens >= 1, "chunk-tokens of at least 1", chunkTokens);
        check(checkpointSteps >= 1, "checkpoint-steps of at least 1", checkpointSteps);
        check(threads.orElse(1) >= 1, "threads of at least 1", threads);
        check(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY, "a positive learning-rate", learningRate);
        check(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY, "weight-decay of at least 0", weightDecay);
        check(clip >= 0 && clip < Double.POSITIVE_INFINITY, "clip of at least 0", clip);
        check(patience.orElse(1) >= 1, "patience of at least 1", patience);
        check(patience.isEmpty() || bestMetric.isPresent(), "best-metric beside patience", "none");
        Schedule.parse("schedule", schedule);
    }

    /** The run that nothing was said about: no data and no folder yet, one epoch. */
    public static RunFile defaults() {
        return new RunFile(
                VERSION,
                List.of(),
                "all-MiniLM-L6-v2",
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.of(1),
                Optional.empty(),
                128,
                1,
                4096,
                100,
                List.of(),
                42,
                Optional.empty(),
                2e-5,
                "adamw",
                "linear(warmup=0.1)",
                0.01,
                1.0,
                Optional.empty(),
                Optional.empty());
    }

    /** Reads a run file; what it leaves out is taken from {@link #defaults}. */
    public static RunFile load(Path file) {
        return from(Json.object(ChiaroException.Kind.USAGE, file));
    }

    /** Reads a run file from an object, for example the one inside a {@link Provenance}. */
    public static RunFile from(JsonObject object) {
        if (!object.has("version")) {
            throw object.error("expected \"version\": " + VERSION + ", but found no version. Add it as the first key.");
        }
        if (object.integer("version") != VERSION) {
            throw object.error("expected \"version\": " + VERSION + ", but found " + object.integer("version")
                    + ". Read it with the library that wrote it.");
        }
        return defaults().overlaid(object.where(), object.toMap());
    }

    /**
     * The run with some values replaced, as flags do it. Keys and values are those of the file: numbers, strings, lists
     * and maps. {@code set} is merged key by key, {@code epochs} takes the place of {@code steps} and the other way round,
     * everything else is replaced whole.
     *
     * @param where the beginning of an error message, for example {@code command line}
     */
    public RunFile with(String where, Map<String, ?> values) {
        return overlaid(where, values);
    }

    private RunFile overlaid(String where, Map<String, ?> values) {
        Map<String, Object> merged = Json.parse(where, Json.text(this)).toMap();
        if (values.containsKey("epochs") != values.containsKey("steps")) {
            merged.remove("epochs");
            merged.remove("steps");
        }
        values.forEach((key, value) -> {
            if (key.equals("set") && value instanceof Map<?, ?> slots) {
                Map<String, String> all = new LinkedHashMap<>(set);
                slots.forEach((slot, setting) -> all.put(String.valueOf(slot), String.valueOf(setting)));
                merged.put(key, all);
            } else if (key.equals("data") && value instanceof List<?> sources) {
                List<Object> complete = new ArrayList<>();
                sources.forEach(source -> complete.add(source instanceof Map<?, ?> map ? withDefaults(map) : source));
                merged.put(key, complete);
            } else {
                merged.put(key, value);
            }
        });
        return Json.read(Json.parse(ChiaroException.Kind.USAGE, where, Json.text(merged)), RunFile.class);
    }

    private static Map<String, Object> withDefaults(Map<?, ?> source) {
        Map<String, Object> complete = new LinkedHashMap<>();
        source.forEach((key, value) -> complete.put(String.valueOf(key), value));
        complete.putIfAbsent("roles", Map.of());
        complete.putIfAbsent("weight", 1.0);
        if (complete.get("task") instanceof Map<?, ?> told) {
            Map<String, Object> task = new LinkedHashMap<>();
            told.forEach((key, value) -> task.put(String.valueOf(key), value));
            Map<String, String> set = new LinkedHashMap<>();
            if (task.getOrDefault("set", Map.of()) instanceof Map<?, ?> slots) {
                slots.forEach((slot, setting) -> set.put(String.valueOf(slot), String.valueOf(setting)));
                task.put("set", set);
            }
            complete.put("task", task);
        }
        return complete;
    }

    /**
     * The same run, once it is known to say all that a run needs.
     *
     * @throws ChiaroException of kind usage, where data or the folder is missing
     */
    public RunFile complete(String where) {
        if (data.isEmpty()) {
            throw ChiaroException.usage(where
                    + ": expected data to train on, but found none. Give --data FILE or \"data\" in the run file.");
        }
        if (out.isEmpty()) {
            throw ChiaroException.usage(where
                    + ": expected a folder for the run, but found none. Give --out DIR or \"out\" in the run file.");
        }
        return this;
    }

    /** The schedule, parsed. */
    public Schedule learningRateSchedule() {
        return Schedule.parse("schedule", schedule);
    }

    /** Writes the document, atomically. */
    public void write(Path file) {
        Json.write(file, this);
    }

    private static void check(boolean holds, String expected, Object found) {
        if (!holds) {
            String shown = found instanceof Optional<?> optional ? String.valueOf(optional.orElseThrow()) : "" + found;
            throw new IllegalArgumentException(
                    "expected " + expected + ", but found " + shown + ". Correct the run file or the flag.");
        }
    }

    private static Map<String, String> ordered(Map<String, String> map) {
        return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
