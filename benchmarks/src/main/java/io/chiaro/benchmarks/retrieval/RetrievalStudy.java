package io.chiaro.benchmarks.retrieval;

import io.chiaro.benchmarks.RowFile;
import io.chiaro.core.JsonObject;
import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.core.metric.RandomisationTest;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.Reranker;
import io.chiaro.search.HybridRanker;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What training, mining, reranking and both kinds of search add, set by set. A system on a set is one row of a file, with its figure
 * for every query, from which the tables are printed; a row is never made twice. No number of a budget was chosen by these figures.
 */
public final class RetrievalStudy {

    private static final long SEED = 42;
    private static final int DEPTH = 100;
    private static final int MOST_QUERIES = 400;
    private static final int SAMPLES = 100_000;
    private static final double SURE = 0.05;
    private static final List<String> METRICS = List.of("ndcg@10", "mrr@10", "map@100", "recall@100");
    private static final String MAIN = "ndcg@10";

    private static final String WORDS = "BM25";
    private static final String BASE = "base";
    private static final String BASE_BOTH = "base, both";
    private static final String UNSUPERVISED = "unsupervised";
    private static final String UNSUPERVISED_BOTH = "unsupervised, both";
    private static final String TUNED = "tuned";
    private static final String TUNED_BOTH = "tuned, both";
    private static final String TUNED_OWN = "tuned, both, own weight";
    private static final String RERANKED = "tuned, both, reranked";
    private static final String MIXED = "reranked, mixed";
    private static final List<String> SYSTEMS = List.of(
            WORDS, BASE, BASE_BOTH, UNSUPERVISED, UNSUPERVISED_BOTH, TUNED, TUNED_BOTH, TUNED_OWN, RERANKED, MIXED);

    /** Two systems side by side in the table of tests. */
    private record Compared(String name, String first, String second) {}

    private static final List<Compared> COMPARED = List.of(
            new Compared("tuned, both against BM25", TUNED_BOTH, WORDS),
            new Compared("against base", TUNED_BOTH, BASE),
            new Compared("against base, both", TUNED_BOTH, BASE_BOTH),
            new Compared("own weight against tuned, both", TUNED_OWN, TUNED_BOTH),
            new Compared("reranked against tuned, both", RERANKED, TUNED_BOTH),
            new Compared("mixed against tuned, both", MIXED, TUNED_BOTH),
            new Compared("unsupervised, both against base, both", UNSUPERVISED_BOTH, BASE_BOTH));

    private final RowFile rows;
    private final Path data;
    private final Path work;
    private final PrintStream print;

    private RetrievalStudy(Path data, Path rows, PrintStream print) {
        this.data = data;
        this.rows = RowFile.read(rows);
        this.work = rows.toAbsolutePath().resolveSibling("retrieval-runs");
        this.print = print;
    }

    /**
     * Arguments: the folder of the data sets, the file of rows, and the sets, all if none is named; with "none" the tables alone. With
     * seeds behind them, the tuned systems alone are made, once by each.
     */
    public static void main(List<String> arguments, PrintStream print) {
        StudyArguments told = StudyArguments.of(
                "retrieval",
                arguments,
                Arrays.stream(SearchSet.values()).map(SearchSet::key).toList());
        RetrievalStudy study = new RetrievalStudy(told.data(), told.rows(), print);
        for (SearchSet set : SearchSet.values()) {
            if (told.asksFor(set.key())) {
                study.run(set);
                told.seeds().forEach(seed -> study.runTuned(set, seed));
            }
        }
        print.print(study.tables());
    }

    private Optional<JsonObject> row(SearchSet set, String system) {
        return row(set, system, SEED);
    }

    private Optional<JsonObject> row(SearchSet set, String system, long seed) {
        return rows.rows().stream()
                .filter(row -> row.string("set").equals(set.key())
                        && row.string("system").equals(system)
                        && row.integer("seed") == seed)
                .findFirst();
    }

    private boolean lacks(SearchSet set, String... systems) {
        return Stream.of(systems).anyMatch(system -> row(set, system).isEmpty());
    }

    private void run(SearchSet set) {
        if (!lacks(set, SYSTEMS.toArray(String[]::new))) {
            return;
        }
        int threads = Runtime.getRuntime().availableProcessors();
        try (Embedder base = TaskRankers.openBase(set.maxTokens(), threads);
                Embedder miner = TaskRankers.openMiner(threads)) {
            Path folder = work.resolve(set.key());
            delete(folder);
            SearchTask task = set.read(data).withQueries(MOST_QUERIES, SEED);
            run(set, new TaskRankers(set, task, folder, SEED, threads, base, miner));
            delete(folder);
        }
    }

    /** The systems that learn from pairs once more, by another seed of their training; queries and weight stay. */
    private void runTuned(SearchSet set, long seed) {
        Optional<JsonObject> first = row(set, TUNED_BOTH);
        if (first.isEmpty() || row(set, TUNED_BOTH, seed).isPresent()) {
            return;
        }
        int threads = Runtime.getRuntime().availableProcessors();
        try (Embedder miner = TaskRankers.openMiner(threads)) {
            Path folder = work.resolve(set.key() + "-" + seed);
            delete(folder);
            SearchTask task = set.read(data).withQueries(MOST_QUERIES, SEED);
            TaskRankers rankers = new TaskRankers(set, task, folder, seed, threads, miner, miner);
            try (Ranker words = rankers.words();
                    Ranker tuned = rankers.vectors(rankers.tuned())) {
                judge(rankers, TUNED, tuned);
                judge(
                        rankers,
                        TUNED_BOTH,
                        TaskRankers.both(words, tuned, first.get().number("weight of the vectors")));
            }
            delete(folder);
        }
    }

    private void run(SearchSet set, TaskRankers rankers) {
        SearchTask task = rankers.task();
        try (Ranker words = rankers.words()) {
            judge(rankers, WORDS, words);
            double weight = rankers.vectorWeight();
            if (lacks(set, BASE, BASE_BOTH)) {
                judge(rankers, BASE, BASE_BOTH, words, weight, rankers::baseVectors);
            }
            if (lacks(set, UNSUPERVISED, UNSUPERVISED_BOTH)) {
                judge(
                        rankers,
                        UNSUPERVISED,
                        UNSUPERVISED_BOTH,
                        words,
                        weight,
                        () -> rankers.vectors(rankers.unsupervised()));
            }
            boolean learns = !task.pairs().isEmpty();
            boolean scores = learns && lacks(set, RERANKED, MIXED) && rankers.teachesScorer();
            if (learns && (lacks(set, TUNED, TUNED_BOTH, TUNED_OWN) || scores)) {
                Path model = rankers.tuned();
                try (Ranker tuned = rankers.vectors(model)) {
                    judge(rankers, TUNED, tuned);
                    Ranker both = TaskRankers.both(words, tuned, weight);
                    judge(rankers, TUNED_BOTH, both);
                    if (lacks(set, TUNED_OWN)) {
                        judge(rankers, TUNED_OWN, TaskRankers.both(words, tuned, rankers.tunedWeight()));
                    }
                    if (scores) {
                        judgeReranked(rankers, both, model, weight);
                    }
                }
            }
        }
    }

    private void judgeReranked(TaskRankers rankers, Ranker first, Path tuned, double vectorWeight) {
        // The rankers are not closed: that would close the first stage, which goes on.
        try (Reranker reranker = rankers.reranker(rankers.scorer())) {
            List<Document> documents = rankers.task().documents();
            judge(rankers, RERANKED, TaskRankers.reranked(first, reranker, documents, RerankedRanker.ALONE));
            double weight = rankers.scorerWeight(tuned, reranker, vectorWeight);
            judge(rankers, MIXED, TaskRankers.reranked(first, reranker, documents, weight));
        }
    }

    private void judge(
            TaskRankers rankers, String alone, String both, Ranker words, double weight, Supplier<Ranker> made) {
        try (Ranker vectors = made.get()) {
            judge(rankers, alone, vectors);
            judge(rankers, both, TaskRankers.both(words, vectors, weight));
        }
    }

    private void judge(TaskRankers rankers, String system, Ranker ranker) {
        if (row(rankers.set(), system, rankers.seed()).isPresent()) {
            return;
        }
        SearchTask task = rankers.task();
        long start = System.nanoTime();
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        task.queries()
                .forEach((id, text) -> rankings.put(
                        id,
                        Hit.judged(
                                ranker.rank(text, DEPTH),
                                Objects.requireNonNull(task.judgments().get(id)))));
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String key : METRICS) {
            figures.put(key, RankingMetric.of(key).mean(rankings, rankings.size(), RankingMetric.Queries.ALL_JUDGED));
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("set", rankers.set().key());
        row.put("system", system);
        row.put("seed", rankers.seed());
        row.put("documents", task.documents().size());
        row.put("queries at most", MOST_QUERIES);
        row.put("pairs", task.pairs().size());
        if (ranker instanceof HybridRanker hybrid) {
            row.put("weight of the vectors", hybrid.vectorWeight());
        }
        if (ranker instanceof RerankedRanker reranked) {
            row.put("weight of the reranker", reranked.weight());
        }
        row.put("figures", figures);
        row.put(
                "queries",
                rankings.values().stream()
                        .map(ranking -> Math.round(RankingMetric.of(MAIN).value(ranking) * 1e6) / 1e6)
                        .toList());
        row.put("seconds of search", Math.round(seconds * 10) / 10.0);
        row.put("commit", System.getenv().getOrDefault("CHIARO_COMMIT", "unknown"));
        row.put("budget", rankers.budget());
        rows.append(row);
        print.printf(Locale.ROOT, "%s, %s: %s %.4f%n", rankers.set().key(), system, MAIN, figures.get(MAIN));
    }

    private String tables() {
        StringBuilder figures = new StringBuilder("\n| set | documents | queries | pairs |");
        SYSTEMS.forEach(system -> figures.append(' ').append(system).append(" |"));
        figures.append("\n| --- | --- | --- | --- |")
                .append(" --- |".repeat(SYSTEMS.size()))
                .append('\n');
        StringBuilder tests = new StringBuilder("\n| set |");
        COMPARED.forEach(compared -> tests.append(' ').append(compared.name()).append(" |"));
        tests.append(" a perfect ranking would show | the tuned hybrid shows |\n| --- | --- | --- |")
                .append(" --- |".repeat(COMPARED.size()))
                .append('\n');
        Map<String, Integer> answers = new LinkedHashMap<>();
        for (SearchSet set : SearchSet.values()) {
            if (row(set, WORDS).isEmpty()) {
                continue;
            }
            figures.append(line(set));
            tests.append("| ").append(set.key());
            COMPARED.forEach(compared -> tests.append(" | ")
                    .append(test(set, compared.first(), compared.second())
                            .map(RetrievalStudy::cell)
                            .orElse("-")));
            boolean room = above(set, row(set, WORDS).map(RetrievalStudy::perfect));
            String answer = row(set, TUNED_BOTH).isEmpty()
                    ? "no pairs to learn from"
                    : above(set, row(set, TUNED_BOTH).map(RetrievalStudy::values)) ? "yes" : room ? "no" : "no room";
            answers.merge(answer, 1, Integer::sum);
            tests.append(" | ")
                    .append(room ? "yes" : "no")
                    .append(" | ")
                    .append(answer)
                    .append(" |\n");
        }
        return figures.append(tests)
                .append(String.format(
                        Locale.ROOT,
                        "%nWhether the tuned hybrid is above BM25 and above the base, both at p < %s, by number of sets: %s.%n",
                        SURE,
                        answers.entrySet().stream()
                                .map(answer -> answer.getKey() + " " + answer.getValue())
                                .collect(Collectors.joining(", "))))
                .append(seeds())
                .toString();
    }

    /** The tuned hybrid by other seeds of its training, where there are some. */
    private String seeds() {
        SeedTable table = new SeedTable("", SURE);
        for (SearchSet set : SearchSet.values()) {
            List<JsonObject> tuned = rows.rows().stream()
                    .filter(row -> row.string("set").equals(set.key())
                            && row.string("system").equals(TUNED_BOTH))
                    .toList();
            table.add(
                    set.key(),
                    tuned,
                    row -> row.object("figures").number(MAIN),
                    row -> Stream.of(WORDS, BASE)
                            .map(other -> values(row(set, other).orElseThrow()))
                            .map(other -> RandomisationTest.of(values(row), other, SAMPLES, SEED))
                            .toList());
        }
        return table.toString();
    }

    /** Whether the figures of a system are above those of BM25 and of the base by more than chance. */
    private boolean above(SearchSet set, Optional<double[]> figures) {
        return Stream.of(WORDS, BASE)
                .allMatch(other -> figures.isPresent()
                        && row(set, other)
                                .map(row -> RandomisationTest.of(figures.get(), values(row), SAMPLES, SEED))
                                .filter(test -> test.difference() > 0 && test.p() < SURE)
                                .isPresent());
    }

    /** The figures of a system that makes no mistake on the queries of a row: what no system can be above. */
    private static double[] perfect(JsonObject row) {
        double[] values = values(row);
        Arrays.fill(values, 1);
        return values;
    }

    private String line(SearchSet set) {
        JsonObject words = row(set, WORDS).orElseThrow();
        List<String> cells = new ArrayList<>(List.of(
                set.key(),
                String.valueOf(words.integer("documents")),
                String.valueOf(words.numbers("queries").size()),
                String.valueOf(words.integer("pairs"))));
        double best = SYSTEMS.stream()
                .flatMap(system -> row(set, system).stream())
                .mapToDouble(row -> row.object("figures").number(MAIN))
                .max()
                .orElse(0);
        for (String system : SYSTEMS) {
            cells.add(row(set, system)
                    .map(row -> row.object("figures").number(MAIN))
                    .map(value -> String.format(Locale.ROOT, value == best ? "**%.4f**" : "%.4f", value))
                    .orElse("-"));
        }
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private Optional<RandomisationTest> test(SearchSet set, String first, String second) {
        return row(set, first)
                .flatMap(one ->
                        row(set, second).map(other -> RandomisationTest.of(values(one), values(other), SAMPLES, SEED)));
    }

    private static double[] values(JsonObject row) {
        return row.numbers("queries").stream().mapToDouble(Double::doubleValue).toArray();
    }

    static String cell(RandomisationTest test) {
        return String.format(
                Locale.ROOT, test.p() < 0.001 ? "%+.4f, p %.0e" : "%+.4f, p %.3f", test.difference(), test.p());
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
}
