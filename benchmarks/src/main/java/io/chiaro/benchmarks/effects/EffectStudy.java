package io.chiaro.benchmarks.effects;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Names;
import io.chiaro.eval.PairedDifference;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What papers say of their methods, tried on real data: each claim names two arms, both are trained with the same seeds under the budget
 * of one bench, and the difference is paired by seed. A finished run is one line of a file of rows, from which tables are printed, and
 * which is never made twice.
 */
public final class EffectStudy {

    private static final double CONFIDENCE = 0.95;
    private static final long FIRST_SEED = 42;

    private final Path data;
    private final Path rows;
    private final List<Long> seeds;
    private final PrintStream print;

    private EffectStudy(Path data, Path rows, List<Long> seeds, PrintStream print) {
        this.data = data;
        this.rows = rows;
        this.seeds = seeds;
        this.print = print;
    }

    /**
     * Arguments: the folder of the data sets, the file of rows, how many seeds, and the claims to try, all if none is named. With 0 seeds
     * nothing is trained, and the table of the rows is printed.
     */
    public static void main(List<String> arguments, PrintStream print) {
        if (arguments.size() < 3 || !arguments.get(2).matches("[0-9]{1,3}")) {
            throw ChiaroException.usage("effects: expected DATA ROWS SEEDS [CLAIM ...], but found " + arguments + ".");
        }
        int count = Integer.parseInt(arguments.get(2));
        List<Long> seeds =
                LongStream.range(FIRST_SEED, FIRST_SEED + count).boxed().toList();
        List<String> ids = Claims.all().stream().map(Claim::id).toList();
        List<String> named = arguments.subList(3, arguments.size());
        for (String id : named) {
            if (!ids.contains(id)) {
                throw ChiaroException.usage("effects: unknown claim \"" + id + "\". " + Names.hint(id, ids));
            }
        }
        new EffectStudy(Path.of(arguments.get(0)), Path.of(arguments.get(1)), seeds, print)
                .run(Claims.all().stream()
                        .filter(claim -> named.isEmpty() || named.contains(claim.id()))
                        .toList());
    }

    private void run(List<Claim> claims) {
        // Seed by seed, so that a study that is stopped has something of every claim.
        for (long seed : seeds) {
            for (Claim claim : claims) {
                figure(claim.better(), claim.metric(), seed);
                figure(claim.worse(), claim.worseMetric(), seed);
            }
        }
        print.print(table(claims));
    }

    private void figure(Arm arm, String metric, long seed) {
        if (kept().stream().anyMatch(row -> isOf(row, arm) && row.integer("seed") == seed)) {
            return;
        }
        Path folder = rows.toAbsolutePath()
                .resolveSibling("runs")
                .resolve(arm.bench().name() + " " + arm.name().replace('/', '-') + " " + seed);
        delete(folder);
        long start = System.nanoTime();
        Map<String, Double> figures = arm.bench().figures(arm, seed, data, folder);
        double seconds = (System.nanoTime() - start) / 1e9;
        delete(folder);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("arm", arm.name());
        row.put("seed", seed);
        row.put("figures", figures);
        row.put("seconds", Math.round(seconds * 10) / 10.0);
        row.put("commit", System.getenv().getOrDefault("CHIARO_COMMIT", "unknown"));
        row.put("budget", arm.bench().budget());
        append(row);
        print.printf(
                Locale.ROOT,
                "%s, %s, seed %d: %s %.4f, %.0f s%n",
                arm.bench().name(),
                arm.name(),
                seed,
                metric,
                figures.get(metric),
                seconds);
    }

    private static boolean isOf(JsonObject row, Arm arm) {
        return row.string("arm").equals(arm.name())
                && row.object("budget")
                        .toMap()
                        .equals(Json.parse("budget", Json.line(arm.bench().budget()))
                                .toMap());
    }

    private List<JsonObject> kept() {
        if (!Files.isRegularFile(rows)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(rows)) {
            return lines.map(line -> Json.parse(rows.toString(), line)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(Map<String, Object> row) {
        try {
            AtomicFiles.createFolder(
                    Objects.requireNonNull(rows.toAbsolutePath().getParent()));
            Files.write(
                    rows,
                    (Json.line(row) + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
            throw new UncheckedIOException(e);
        }
    }

    /** A table for each bench: the claim, both arms, the paired difference, and whether it shows. */
    private String table(List<Claim> claims) {
        List<JsonObject> kept = kept();
        Map<Bench, StringBuilder> tables = new LinkedHashMap<>();
        for (Claim claim : claims) {
            line(claim, kept)
                    .ifPresent(line -> tables.computeIfAbsent(claim.better().bench(), EffectStudy::heading)
                            .append(line));
        }
        return String.join(
                "\n", tables.values().stream().map(StringBuilder::toString).toList());
    }

    private static StringBuilder heading(Bench bench) {
        StringBuilder heading = new StringBuilder("\n### ").append(bench.name()).append("\n\n");
        List<String> words = new ArrayList<>();
        bench.budget().forEach((key, value) -> {
            if (!key.equals("bench")) {
                words.add(key + " " + value);
            }
        });
        return heading.append(String.join("; ", words))
                .append("\n\n| claim | compared | figure | difference, 95 % interval | shown here |\n")
                .append("| --- | --- | --- | --- | --- |\n");
    }

    private static Optional<String> line(Claim claim, List<JsonObject> kept) {
        Map<Integer, Double> better = values(claim.better(), claim.metric(), kept);
        Map<Integer, Double> worse = values(claim.worse(), claim.worseMetric(), kept);
        List<Integer> both =
                better.keySet().stream().filter(worse::containsKey).sorted().toList();
        if (both.size() < 2) {
            return Optional.empty();
        }
        double[] first = both.stream().mapToDouble(better::get).toArray();
        double[] second = both.stream().mapToDouble(worse::get).toArray();
        PairedDifference difference = PairedDifference.of(first, second, CONFIDENCE);
        String papers = claim.papers().isEmpty()
                ? ""
                : " (paper "
                        + String.join(
                                ", ",
                                claim.papers().stream().map(String::valueOf).toList()) + ")";
        return Optional.of(String.format(
                Locale.ROOT,
                "| %s%s | `%s`, `%s` | %s: %s, %s | %+.4f, %+.4f to %+.4f, %d seeds | %s |%n",
                claim.words(),
                papers,
                claim.better().name(),
                claim.worse().name(),
                claim.metric().equals(claim.worseMetric())
                        ? claim.metric()
                        : claim.metric() + " and " + claim.worseMetric(),
                spread(first),
                spread(second),
                difference.mean(),
                difference.low(),
                difference.high(),
                both.size(),
                !difference.shown() ? "no difference" : difference.mean() > 0 ? "yes" : "no: the reverse"));
    }

    private static Map<Integer, Double> values(Arm arm, String metric, List<JsonObject> kept) {
        Map<Integer, Double> values = new LinkedHashMap<>();
        kept.stream()
                .filter(row -> isOf(row, arm))
                .forEach(row ->
                        values.put(row.integer("seed"), row.object("figures").number(metric)));
        return values;
    }

    private static String spread(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return String.format(Locale.ROOT, "%.4f ± %.4f", mean, Math.sqrt(squares / (values.length - 1)));
    }
}
