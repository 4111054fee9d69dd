package io.chiaro.benchmarks.retrieval;

import io.chiaro.benchmarks.RowFile;
import io.chiaro.core.JsonObject;
import io.chiaro.core.metric.RandomisationTest;
import io.chiaro.core.metric.ScoredLabels;
import io.chiaro.model.Embedder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.mining.PseudoQueries;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sets of pairs judged as what they are: each published pair of the test part matches or does not, and a system says which. Scores are
 * weighed and the threshold is chosen on the published valid part, of which no model has learned; F1 of the test part is the figure of
 * the sets' own literature. Some pairs of the test part are in another part too; systems are compared on the others. A system on a set is one row of a file, with its decision on every pair.
 */
public final class MatchingStudy {

    private static final long SEED = 42;
    private static final int SAMPLES = 100_000;
    private static final int MOST_STEPS = 180;
    private static final double SURE = 0.05;
    private static final String RECIPE = "cosent";

    private static final String WORDS = "BM25";
    private static final String BASE = "base";
    private static final String BASE_BOTH = "base, both";
    private static final String TUNED = "tuned";
    private static final String TUNED_BOTH = "tuned, both";
    private static final List<String> SYSTEMS = List.of(WORDS, BASE, BASE_BOTH, TUNED, TUNED_BOTH);
    private static final List<String> AGAINST = List.of(WORDS, BASE, BASE_BOTH);

    private final Path data;
    private final RowFile rows;
    private final Path work;
    private final PrintStream print;
    private final Map<MatchingSet, boolean[]> met = new EnumMap<>(MatchingSet.class);

    private MatchingStudy(Path data, Path rows, PrintStream print) {
        this.data = data;
        this.rows = RowFile.read(rows);
        this.work = rows.toAbsolutePath().resolveSibling("matching-runs");
        this.print = print;
    }

    /**
     * Arguments: the folder of the data sets, the file of rows, and the sets, all if none is named; with "none" the tables alone. With
     * seeds behind them, the tuned systems alone are made, once by each.
     */
    public static void main(List<String> arguments, PrintStream print) {
        StudyArguments told = StudyArguments.of(
                "matching",
                arguments,
                Arrays.stream(MatchingSet.values()).map(MatchingSet::key).toList());
        MatchingStudy study = new MatchingStudy(told.data(), told.rows(), print);
        for (MatchingSet set : MatchingSet.values()) {
            if (told.asksFor(set.key())) {
                study.run(set, SEED);
                told.seeds().forEach(seed -> study.run(set, seed));
            }
        }
        print.print(study.tables());
    }

    private Optional<JsonObject> row(MatchingSet set, String system) {
        return row(set, system, SEED);
    }

    private Optional<JsonObject> row(MatchingSet set, String system, long seed) {
        return rows.rows().stream()
                .filter(row -> row.string("set").equals(set.key())
                        && row.string("system").equals(system)
                        && row.integer("seed") == seed)
                .findFirst();
    }

    private void run(MatchingSet set, long seed) {
        List<String> systems = seed == SEED ? SYSTEMS : List.of(TUNED, TUNED_BOTH);
        if (systems.stream().allMatch(system -> row(set, system, seed).isPresent())) {
            return;
        }
        MatchingTask task = set.read(data);
        int threads = Runtime.getRuntime().availableProcessors();
        PairScores words = PairScores.byWords(task);
        try (Embedder base = TaskRankers.openBase(set.searched().maxTokens(), threads)) {
            if (seed == SEED) {
                PairScores vectors = PairScores.byVectors(task, base);
                judge(set, task, WORDS, SEED, words);
                judge(set, task, BASE, SEED, vectors);
                judge(set, task, BASE_BOTH, SEED, words.with(vectors));
            }
            Path model = tuned(set, task, seed, base, threads);
            try (Embedder tuned =
                    OnnxEmbedder.open(model.toString(), OnnxSettings.defaults().withThreads(threads))) {
                PairScores learned = PairScores.byVectors(task, tuned);
                judge(set, task, TUNED, seed, learned);
                judge(set, task, TUNED_BOTH, seed, words.with(learned));
            }
        }
    }

    /** A model that learned from the labelled pairs of the train part. */
    private Path tuned(MatchingSet set, MatchingTask task, long seed, Embedder base, int threads) {
        List<Map<String, Object>> lines = new ArrayList<>();
        task.train()
                .forEach(pair -> lines.add(
                        Map.of("anchor", pair.left(), "positive", pair.right(), "label", pair.match() ? "1" : "0")));
        SearchTask nothing =
                new SearchTask(List.of(), Map.of(), Map.of(), List.of(), List.of(), PseudoQueries.Method.CROPS, "");
        Path folder = work.resolve(set.key() + "-" + seed);
        return new TaskRankers(set.searched(), nothing, folder, seed, threads, base, base)
                .trained("tuned", lines, RECIPE, MOST_STEPS);
    }

    private static boolean[] matches(List<MatchingTask.Pair> pairs) {
        boolean[] matches = new boolean[pairs.size()];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = pairs.get(i).match();
        }
        return matches;
    }

    private void judge(MatchingSet set, MatchingTask task, String system, long seed, PairScores scores) {
        if (row(set, system, seed).isPresent()) {
            return;
        }
        boolean[] known = matches(task.valid());
        boolean[] truth = matches(task.test());
        List<double[]> weighed = scores.weighed(known);
        double threshold = ScoredLabels.of(weighed.get(0), known).bestF1().threshold();
        boolean[] decisions = new boolean[truth.length];
        for (int i = 0; i < decisions.length; i++) {
            decisions[i] = weighed.get(1)[i] >= threshold;
        }
        double precision = ScoredLabels.of(weighed.get(1), truth).averagePrecision();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("set", set.key());
        row.put("system", system);
        row.put("seed", seed);
        row.put("train", task.train().size());
        row.put("valid", task.valid().size());
        row.put("f1", f1(decisions, truth));
        row.put("average precision", precision);
        row.put("truth", bits(truth));
        row.put("decisions", bits(decisions));
        row.put("budget", budget(set));
        row.put("commit", System.getenv().getOrDefault("CHIARO_COMMIT", "unknown"));
        rows.append(row);
        print.printf(
                Locale.ROOT,
                "%s, %s: F1 %.4f, average precision %.4f%n",
                set.key(),
                system,
                f1(decisions, truth),
                precision);
    }

    private static Map<String, Object> budget(MatchingSet set) {
        Map<String, Object> budget = new LinkedHashMap<>();
        budget.put("base", TaskRankers.BASE);
        budget.put("recipe", RECIPE);
        budget.put("most-steps", MOST_STEPS);
        budget.put("batch", set.searched().batch());
        budget.put("max-tokens", set.searched().maxTokens());
        return budget;
    }

    /** 2 r / (t + n) of t pairs taken, r of them rightly, and n that match. */
    private static double f1(boolean[] decisions, boolean[] truth) {
        int taken = 0;
        int right = 0;
        int positives = 0;
        for (int i = 0; i < truth.length; i++) {
            taken += decisions[i] ? 1 : 0;
            right += decisions[i] && truth[i] ? 1 : 0;
            positives += truth[i] ? 1 : 0;
        }
        return 2.0 * right / (taken + positives);
    }

    private static String bits(boolean[] values) {
        StringBuilder bits = new StringBuilder();
        for (boolean value : values) {
            bits.append(value ? '1' : '0');
        }
        return bits.toString();
    }

    private static boolean[] bits(JsonObject row, String field) {
        String written = row.string(field);
        boolean[] values = new boolean[written.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = written.charAt(i) == '1';
        }
        return values;
    }

    /** Values of a row for the pairs that no other part holds. */
    private boolean[] unmet(MatchingSet set, JsonObject row, String field) {
        boolean[] met = met(set);
        boolean[] all = bits(row, field);
        int kept = 0;
        for (int i = 0; i < all.length; i++) {
            if (!met[i]) {
                all[kept++] = all[i];
            }
        }
        return Arrays.copyOf(all, kept);
    }

    private boolean[] met(MatchingSet set) {
        return met.computeIfAbsent(set, key -> key.read(data).met());
    }

    private RandomisationTest test(MatchingSet set, JsonObject first, String decisions, JsonObject second) {
        return RandomisationTest.ofF1(
                unmet(set, first, decisions),
                unmet(set, second, "decisions"),
                unmet(set, first, "truth"),
                SAMPLES,
                SEED);
    }

    private String tables() {
        StringBuilder table = new StringBuilder("\n| set | test pairs | in other parts too | the others that match |");
        SYSTEMS.forEach(system -> table.append(' ').append(system).append(" |"));
        AGAINST.forEach(
                system -> table.append(" tuned, both against ").append(system).append(" |"));
        table.append(" no mistake would show | the tuned hybrid shows |\n| --- | --- | --- | --- |")
                .append(" --- |".repeat(SYSTEMS.size() + AGAINST.size() + 2))
                .append('\n');
        int shown = 0;
        int sets = 0;
        for (MatchingSet set : MatchingSet.values()) {
            if (SYSTEMS.stream().anyMatch(system -> row(set, system).isEmpty())) {
                continue;
            }
            JsonObject both = row(set, TUNED_BOTH).orElseThrow();
            boolean shows = shows(set, both, "decisions");
            shown += shows ? 1 : 0;
            sets++;
            table.append(line(set, both))
                    .append(shows(set, both, "truth") ? " yes |" : " no |")
                    .append(shows ? " yes |\n" : " no |\n");
        }
        return table.append(String.format(
                        Locale.ROOT,
                        "%nThe tuned hybrid is above BM25 and above the base, both at p < %s, on %d of %d sets.%n",
                        SURE,
                        shown,
                        sets))
                .append(seeds())
                .toString();
    }

    /** The tuned hybrid by other seeds of its training, where there are some. */
    private String seeds() {
        SeedTable table = new SeedTable("F1 ", SURE);
        for (MatchingSet set : MatchingSet.values()) {
            List<JsonObject> tuned = rows.rows().stream()
                    .filter(row -> row.string("set").equals(set.key())
                            && row.string("system").equals(TUNED_BOTH))
                    .toList();
            table.add(
                    set.key(),
                    tuned,
                    row -> f1(unmet(set, row, "decisions"), unmet(set, row, "truth")),
                    row -> Stream.of(WORDS, BASE)
                            .map(other ->
                                    test(set, row, "decisions", row(set, other).orElseThrow()))
                            .toList());
        }
        return table.toString();
    }

    private String line(MatchingSet set, JsonObject both) {
        List<String> cells = new ArrayList<>(List.of(
                set.key(),
                String.valueOf(met(set).length),
                String.valueOf(count(met(set))),
                String.valueOf(count(unmet(set, both, "truth")))));
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String system : SYSTEMS) {
            JsonObject row = row(set, system).orElseThrow();
            figures.put(system, f1(unmet(set, row, "decisions"), unmet(set, row, "truth")));
        }
        double best = Collections.max(figures.values());
        for (String system : SYSTEMS) {
            JsonObject row = row(set, system).orElseThrow();
            double figure = figures.getOrDefault(system, 0.0);
            cells.add(String.format(
                    Locale.ROOT,
                    figure == best ? "**%.4f** (%.4f, %.4f)" : "%.4f (%.4f, %.4f)",
                    figure,
                    row.number("f1"),
                    row.number("average precision")));
        }
        for (String system : AGAINST) {
            cells.add(RetrievalStudy.cell(
                    test(set, both, "decisions", row(set, system).orElseThrow())));
        }
        return "| " + String.join(" | ", cells) + " |";
    }

    private static int count(boolean[] values) {
        int count = 0;
        for (boolean value : values) {
            count += value ? 1 : 0;
        }
        return count;
    }

    /** Whether decisions are above those of BM25 and of the base by more than chance. */
    private boolean shows(MatchingSet set, JsonObject row, String decisions) {
        return Stream.of(WORDS, BASE)
                .map(other -> test(set, row, decisions, row(set, other).orElseThrow()))
                .allMatch(test -> test.difference() > 0 && test.p() < SURE);
    }
}
