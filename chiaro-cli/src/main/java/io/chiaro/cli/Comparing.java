package io.chiaro.cli;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.PairedDifference;
import io.chiaro.eval.Task;
import io.chiaro.model.Embedder;
import io.chiaro.objective.Recipes;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextRecipes;
import io.chiaro.text.TextTraining;
import io.chiaro.train.TrainingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains two recipes under one budget with the same seeds and lays their figures side by side: the same records, batches,
 * steps and rate, the same judge. Each finished run is one line of {@code runs.jsonl}, so that a comparison goes on where it
 * was stopped and more seeds can be added.
 */
final class Comparing {

    private static final double CONFIDENCE = 0.95;
    /** What a finished run leaves that can be made again. */
    private static final List<String> SPARE = List.of("checkpoints", "model", "store-0");

    /** One of the two. */
    record Side(String recipe, Map<String, String> set) {

        String name() {
            return set.isEmpty()
                    ? recipe
                    : recipe + " "
                            + String.join(
                                    " ",
                                    set.entrySet().stream()
                                            .map(slot -> slot.getKey() + "=" + slot.getValue())
                                            .toList());
        }
    }

    /** What both have in common. */
    record Budget(
            String base,
            int steps,
            int batch,
            double learningRate,
            String data,
            String dataHash,
            String roles,
            String task,
            String judged) {}

    private final Output output;
    private final Path out;
    private final Budget budget;
    private final Path train;
    private final Map<String, String> roles;
    private final Task task;
    private final Path judged;
    private final String split;
    private final int threads;

    Comparing(
            Output output,
            Path out,
            Budget budget,
            Path train,
            Map<String, String> roles,
            Task task,
            Path judged,
            String split,
            int threads) {
        this.output = output;
        this.out = out;
        this.budget = budget;
        this.train = train;
        this.roles = roles;
        this.task = task;
        this.judged = judged;
        this.split = split;
        this.threads = threads;
    }

    /** Trains and judges what is not there yet, says the table, and returns it as a document. */
    Map<String, Object> run(Side first, Side second, int seeds, long from) {
        if (first.equals(second)) {
            throw ChiaroException.usage(
                    "compare: expected two recipes, or one with two settings by --set-a and --set-b, but " + "found "
                            + first.name() + " twice.");
        }
        for (Side side : List.of(first, second)) {
            if (!TextRecipes.names().contains(side.recipe())) {
                Recipes.named(side.recipe()); // an alias, or an error before anything is trained
            }
        }
        double base = base(from);
        long[] numbers = LongStream.range(from, from + seeds).toArray();
        double[] firstValues = new double[seeds];
        double[] secondValues = new double[seeds];
        for (int i = 0; i < seeds; i++) {
            firstValues[i] = value(first, numbers[i], base);
            secondValues[i] = value(second, numbers[i], base);
        }
        return told(first, second, base, numbers, firstValues, secondValues);
    }

    private double base(long seed) {
        if (budget.base().startsWith("fresh:")) {
            return Double.NaN;
        }
        output.note("judging " + budget.base());
        try (Embedder embedder = Models.open(budget.base(), threads)) {
            return judge(embedder, seed);
        }
    }

    private double judge(Embedder embedder, long seed) {
        EvaluationOptions options =
                EvaluationOptions.defaults().withSplit(split).withSeed(seed).withThreads(threads);
        return Evaluation.run(task, judged, options, embedder).metric(task.mainMetric());
    }

    private double value(Side side, long seed, double base) {
        for (JsonObject row : rows()) {
            if (row.string("recipe").equals(side.name())
                    && row.integer("seed") == seed
                    && row.object("budget")
                            .toMap()
                            .equals(Json.parse("budget", Json.line(budget)).toMap())) {
                return row.number("value");
            }
        }
        Path folder = out.resolve("runs").resolve(side.name().replaceAll("[^A-Za-z0-9.=-]+", "-") + "-" + seed);
        delete(folder);
        long start = System.nanoTime();
        train(side, seed, folder);
        double value;
        try (TextModel model = TextModel.load(folder.resolve("model").toString(), seed)) {
            value = judge(model.embedder(), seed);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("recipe", side.name());
        row.put("seed", seed);
        row.put("metric", task.mainMetric());
        row.put("value", value);
        row.put("seconds", Math.round(seconds * 10) / 10.0);
        row.put("version", ChiaroCommand.Version.number());
        row.put("budget", budget);
        append(row);
        SPARE.forEach(name -> delete(folder.resolve(name)));
        output.note(String.format(
                Locale.ROOT,
                "%s, seed %d: %s %.4f%s, %.0f s",
                side.name(),
                seed,
                task.mainMetric(),
                value,
                Double.isNaN(base) ? "" : String.format(Locale.ROOT, " (base %.4f)", base),
                seconds));
        return value;
    }

    private void train(Side side, long seed, Path folder) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", train.toString(), "roles", roles)));
        told.put("base", budget.base());
        told.put("recipe", side.recipe());
        if (!side.set().isEmpty()) {
            told.put("set", side.set());
        }
        told.put("out", folder.toString());
        told.put("steps", budget.steps());
        told.put("batch", budget.batch());
        told.put("learning-rate", budget.learningRate());
        told.put("seed", seed);
        told.put("threads", threads);
        try (TextTraining training =
                TextTraining.start(RunFile.defaults().with("compare", told), TextTraining.Options.defaults())) {
            TextTraining.Outcome outcome = Interruption.during(training::requestStop, () -> training.run());
            if (outcome.ending() == TrainingEvent.Ending.INTERRUPTED) {
                throw ChiaroException.of(
                        ChiaroException.Kind.INTERRUPTED,
                        "stopped; finished runs are kept. Go on with the same command.");
            }
        }
    }

    private Path file() {
        return out.resolve("runs.jsonl");
    }

    private List<JsonObject> rows() {
        if (!Files.isRegularFile(file())) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file())) {
            return lines.map(line -> Json.parse(file().toString(), line)).toList();
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES, file() + ": could not be read (" + AtomicFiles.reason(e) + ").", e);
        }
    }

    private void append(Map<String, Object> row) {
        try {
            Files.write(
                    file(),
                    (Json.line(row) + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    file() + ": could not be written (" + AtomicFiles.reason(e) + ").",
                    e);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder + ": could not be removed (" + AtomicFiles.reason(e) + ").",
                    e);
        }
    }

    private Map<String, Object> told(
            Side first, Side second, double base, long[] seeds, double[] firstValues, double[] secondValues) {
        PairedDifference difference = PairedDifference.of(firstValues, secondValues, CONFIDENCE);
        output.say(String.format(
                Locale.ROOT,
                "%s of %s; %d steps of %d records from %s at a rate of %s; %d seeds",
                task.mainMetric(),
                task.key(),
                budget.steps(),
                budget.batch(),
                budget.base(),
                budget.learningRate(),
                seeds.length));
        output.say("| seed | " + first.name() + " | " + second.name() + " | difference |");
        output.say("| --- | --- | --- | --- |");
        for (int i = 0; i < seeds.length; i++) {
            output.say(String.format(
                    Locale.ROOT,
                    "| %d | %.4f | %.4f | %+.4f |",
                    seeds[i],
                    firstValues[i],
                    secondValues[i],
                    firstValues[i] - secondValues[i]));
        }
        output.say(String.format(
                Locale.ROOT,
                "| mean | %.4f ± %.4f | %.4f ± %.4f | %+.4f, %.0f %% interval %+.4f to %+.4f |",
                mean(firstValues),
                deviation(firstValues),
                mean(secondValues),
                deviation(secondValues),
                difference.mean(),
                100 * CONFIDENCE,
                difference.low(),
                difference.high()));
        if (!Double.isNaN(base)) {
            output.say(String.format(Locale.ROOT, "before training %.4f", base));
        }
        Side better = difference.mean() > 0 ? first : second;
        output.say(
                difference.shown()
                        ? better.name() + " is better: the interval leaves zero out"
                        : "no difference shown: the interval holds zero");
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("a", side(first, firstValues));
        document.put("b", side(second, secondValues));
        document.put("seeds", seeds);
        document.put("metric", task.mainMetric());
        document.put("base", Double.isNaN(base) ? null : base);
        Map<String, Object> paired = new LinkedHashMap<>();
        paired.put("mean", difference.mean());
        paired.put("deviation", difference.deviation());
        paired.put("low", finite(difference.low()));
        paired.put("high", finite(difference.high()));
        paired.put("confidence", CONFIDENCE);
        paired.put("shown", difference.shown());
        document.put("difference", paired);
        document.put("budget", budget);
        return document;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static Map<String, Object> side(Side side, double[] values) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("recipe", side.recipe());
        told.put("set", side.set());
        told.put("values", values);
        told.put("mean", mean(values));
        told.put("deviation", deviation(values));
        return told;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return values.length < 2
                ? 0
                : Math.sqrt(Arrays.stream(values)
                                .map(value -> (value - mean) * (value - mean))
                                .sum()
                        / (values.length - 1));
    }
}
