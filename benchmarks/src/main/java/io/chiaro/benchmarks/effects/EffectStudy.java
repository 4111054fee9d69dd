package io.chiaro.benchmarks.effects;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What papers say of their methods, tried on real data: each claim names two arms, both are trained with the same seeds under the budget
 * of one bench, and the difference is paired by seed. A finished run is one line of a file of rows, from which tables are printed, and
 * which is never made twice.
 */
public final class EffectStudy {

    static final double CONFIDENCE = 0.95;
    private static final long FIRST_SEED = 42;
    private static final String TAUGHT = """

            ### Methods beside the encoder that they began with

            Under the budgets of the tables above. A method that learns from real data is no more than that: whether it does what its paper says of
            it, beside other methods, is said above.

            | paper | method | on | after, before | difference, 95 % interval | shown here |
            | --- | --- | --- | --- | --- | --- |
            """;

    private final Path data;
    private final Path folder;
    private final Rows rows;
    private final List<Long> seeds;
    private final PrintStream print;

    private EffectStudy(Path data, Path rows, List<Long> seeds, PrintStream print) {
        this.data = data;
        this.folder = rows.toAbsolutePath().resolveSibling("runs");
        this.rows = Rows.read(rows);
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
        List<String> ids = Claims.all().stream().map(Tried::id).toList();
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

    private void run(List<Tried> claims) {
        // Seed by seed, so that a study that is stopped has something of every claim.
        for (long seed : seeds) {
            for (Tried claim : claims) {
                claim.arms().forEach((arm, metric) -> figure(arm, metric, seed));
            }
        }
        print.print(table(claims));
    }

    private void figure(Arm arm, String metric, long seed) {
        if (rows.has(arm, seed)) {
            return;
        }
        Path out = folder.resolve(arm.bench().name() + " " + arm.name().replace('/', '-') + " " + seed);
        delete(out);
        long start = System.nanoTime();
        Map<String, Double> figures = arm.bench().figures(arm, seed, data, out);
        double seconds = (System.nanoTime() - start) / 1e9;
        delete(out);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("arm", arm.name());
        row.put("seed", seed);
        row.put("figures", figures);
        row.put("seconds", Math.round(seconds * 10) / 10.0);
        row.put("commit", System.getenv().getOrDefault("CHIARO_COMMIT", "unknown"));
        row.put("budget", arm.bench().budget());
        rows.append(row);
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

    /** A table for each bench: the claim, its arms, the difference over seeds, and whether it shows. */
    private String table(List<Tried> claims) {
        Map<Bench, StringBuilder> tables = new LinkedHashMap<>();
        StringBuilder taught = new StringBuilder();
        for (Tried claim : claims) {
            claim.finding(rows).ifPresent(finding -> {
                if (claim instanceof Taught method) {
                    taught.append(line(method, finding));
                } else {
                    tables.computeIfAbsent(claim.bench(), EffectStudy::heading).append(line(claim, finding));
                }
            });
        }
        return String.join(
                        "\n",
                        tables.values().stream().map(StringBuilder::toString).toList())
                + (taught.isEmpty() ? "" : TAUGHT + taught);
    }

    private static String line(Taught method, Tried.Finding finding) {
        return String.format(
                Locale.ROOT,
                "| %d | `%s` | %s | %s | %+.4f, %+.4f to %+.4f, %d seeds | %s |%n",
                method.papers().get(0),
                method.arm().name(),
                method.bench().name(),
                finding.figures(),
                finding.difference().mean(),
                finding.difference().low(),
                finding.difference().high(),
                finding.seeds(),
                finding.shown());
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

    private static String line(Tried claim, Tried.Finding finding) {
        String papers = claim.papers().isEmpty()
                ? ""
                : " (paper "
                        + String.join(
                                ", ",
                                claim.papers().stream().map(String::valueOf).toList()) + ")";
        return String.format(
                Locale.ROOT,
                "| %s%s | %s | %s | %+.4f, %+.4f to %+.4f, %d seeds | %s |%n",
                claim.words(),
                papers,
                finding.compared(),
                finding.figures(),
                finding.difference().mean(),
                finding.difference().low(),
                finding.difference().high(),
                finding.seeds(),
                finding.shown());
    }

    /** Mean and deviation, for people. */
    static String spread(double[] values) {
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
