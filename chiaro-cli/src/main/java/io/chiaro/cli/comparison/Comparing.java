package io.chiaro.cli.comparison;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Version;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.eval.PairedDifference;
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
public final class Comparing {

    private static final double CONFIDENCE = 0.95;
    /** What a finished run leaves that can be made again. */
    private static final List<String> SPARE = List.of("checkpoints", "model", "store-0");

    /** One of the two. */
    public record Side(String recipe, Map<String, String> set) {

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

    /** What both have in common: the records, the budget and the judge. */
    public interface Contest {

        /** The budget and the protocol, for rows and for people. */
        Object budget();

        /** By which the results are told apart. */
        String metric();

        /** One line that says under which budget. */
        String words();

        /** Refuses a side before anything is trained. */
        void check(Side side);

        /** The figure before training; NaN for a model that knows nothing. */
        double base(long seed);

        /** Trains a side in a folder and judges it. */
        double value(Side side, long seed, Path folder);
    }

    private final Output output;
    private final Path out;
    private final Contest contest;

    public Comparing(Output output, Path out, Contest contest) {
        this.output = output;
        this.out = out;
        this.contest = contest;
    }

    /** Trains and judges what is not there yet, says the table, and returns it as a document. */
    public Map<String, Object> run(Side first, Side second, int seeds, long from) {
        if (first.equals(second)) {
            throw ChiaroException.usage(
                    "compare: expected two recipes, or one with two settings by --set-a and --set-b, but " + "found "
                            + first.name() + " twice.");
        }
        contest.check(first);
        contest.check(second);
        double base = contest.base(from);
        long[] numbers = LongStream.range(from, from + seeds).toArray();
        double[] firstValues = new double[seeds];
        double[] secondValues = new double[seeds];
        for (int i = 0; i < seeds; i++) {
            firstValues[i] = value(first, numbers[i], base);
            secondValues[i] = value(second, numbers[i], base);
        }
        return told(first, second, base, numbers, firstValues, secondValues);
    }

    private double value(Side side, long seed, double base) {
        for (JsonObject row : rows()) {
            if (row.string("recipe").equals(side.name())
                    && row.number("seed") == seed
                    && row.object("budget")
                            .toMap()
                            .equals(Json.parse("budget", Json.line(contest.budget()))
                                    .toMap())) {
                return row.number("value");
            }
        }
        Path folder = out.resolve("runs").resolve(side.name().replaceAll("[^A-Za-z0-9.=-]+", "-") + "-" + seed);
        delete(folder);
        long start = System.nanoTime();
        double value = contest.value(side, seed, folder);
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("recipe", side.name());
        row.put("seed", seed);
        row.put("metric", contest.metric());
        row.put("value", value);
        row.put("seconds", Math.round(seconds * 10) / 10.0);
        row.put("version", Version.number());
        // Set where runs are kept for others to see, beside the code that made them.
        String commit = System.getenv("CHIARO_COMMIT");
        if (commit != null) {
            row.put("commit", commit);
        }
        row.put("budget", contest.budget());
        append(row);
        SPARE.forEach(name -> delete(folder.resolve(name)));
        output.note(String.format(
                Locale.ROOT,
                "%s, seed %d: %s %.4f%s, %.0f s",
                side.name(),
                seed,
                contest.metric(),
                value,
                Double.isNaN(base) ? "" : String.format(Locale.ROOT, " (base %.4f)", base),
                seconds));
        return value;
    }

    /** What ends a comparison that was asked to stop. */
    static ChiaroException stopped() {
        return ChiaroException.of(
                ChiaroException.Kind.INTERRUPTED, "stopped; finished runs are kept. Go on with the same command.");
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
        output.say(contest.words() + "; " + seeds.length + " seeds");
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
        document.put("metric", contest.metric());
        document.put("base", Double.isNaN(base) ? null : base);
        Map<String, Object> paired = new LinkedHashMap<>();
        paired.put("mean", difference.mean());
        paired.put("deviation", difference.deviation());
        paired.put("low", finite(difference.low()));
        paired.put("high", finite(difference.high()));
        paired.put("confidence", CONFIDENCE);
        paired.put("shown", difference.shown());
        document.put("difference", paired);
        document.put("budget", contest.budget());
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
