package io.chiaro.benchmarks.effects;

import io.chiaro.benchmarks.retrieval.SearchSet;
import io.chiaro.benchmarks.retrieval.SearchTask;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Embedder;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Search in several domains: descriptions and code, questions and the sentences that answer them, products of two shops. Every batch is of
 * one domain, and each has as many. Judged by nDCG@10 of the vectors, the mean over the domains.
 *
 * <p>An arm is named for what the domains share: all of a model ({@link #DENSE}), all but the feed-forward parts of its layers
 * ({@link #EXPERTS}), or nothing ({@link #APART}, a model each, for its part of the batches). {@link #UNTRAINED} is the base.
 */
record DomainBench() implements Bench {

    static final String DENSE = "info-nce";
    static final String EXPERTS = "experts";
    static final String APART = "a model each";
    static final String UNTRAINED = "base";
    static final String FOUND = "ndcg@10";

    private static final TextBudget BUDGET = new TextBudget("all-MiniLM-L6-v2", 120, 16, 5e-5);
    private static final int QUERIES = 200;
    private static final long DRAWN = 42;
    private static final List<SearchSet> DOMAINS =
            List.of(SearchSet.CODE_SEARCH_NET, SearchSet.CONCODE, SearchSet.TREC_QA, SearchSet.ABT_BUY);

    @Override
    public String name() {
        return "search in domains";
    }

    @Override
    public Map<String, Object> budget() {
        Map<String, Object> budget = BUDGET.plain(
                name(),
                "the training pairs of " + DOMAINS.stream().map(SearchSet::key).toList() + ", cut at 64 tokens",
                "",
                "mean ndcg@10 of the four, at most " + QUERIES + " judged queries each");
        budget.put("steps", BUDGET.steps() + ", a quarter of them of each");
        return budget;
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path data, Path out) {
        Map<SearchSet, SearchTask> tasks = new LinkedHashMap<>();
        DOMAINS.forEach(set -> tasks.put(set, set.read(data).withQueries(QUERIES, DRAWN)));
        Map<String, Double> figures = new LinkedHashMap<>();
        switch (arm.recipe()) {
            case UNTRAINED -> {
                try (TextModel model = TextModel.load(BUDGET.base(), seed)) {
                    tasks.forEach((set, task) -> figures.put(set.key(), found(set, task, model.embedder())));
                }
            }
            case DENSE, EXPERTS -> {
                boolean parted = arm.recipe().equals(EXPERTS);
                List<Object> sources = new ArrayList<>();
                tasks.forEach((set, task) -> sources.add(source(set, task, out, parted)));
                try (TextModel model = trained(sources, BUDGET, seed, out.resolve("run"))) {
                    tasks.forEach((set, task) -> figures.put(
                            set.key(), parted ? ofDomain(model, set, task) : found(set, task, model.embedder())));
                }
            }
            case APART ->
                tasks.forEach((set, task) -> {
                    List<Object> alone = List.of(source(set, task, out, false));
                    try (TextModel model = trained(
                            alone,
                            BUDGET.withSteps(BUDGET.steps() / DOMAINS.size()),
                            seed,
                            out.resolve("run " + set.key()))) {
                        figures.put(set.key(), found(set, task, model.embedder()));
                    }
                });
            default -> throw new IllegalArgumentException("DomainBench: unknown arm " + arm.name());
        }
        figures.put(
                FOUND,
                figures.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow());
        return figures;
    }

    private static double ofDomain(TextModel experts, SearchSet set, SearchTask task) {
        try (TextModel model = experts.ofDomain(set.key())) {
            return found(set, task, model.embedder());
        }
    }

    private static double found(SearchSet set, SearchTask task, Embedder embedder) {
        RetrievalData judged = RetrievalData.of(set.key(), "test", task.documents(), task.queries(), task.judgments());
        return Evaluation.retrieval(judged, EvaluationOptions.defaults(), embedder)
                .metric(FOUND);
    }

    private static Map<String, Object> source(SearchSet set, SearchTask task, Path out, boolean parted) {
        Path file = out.resolve(set.key() + ".jsonl");
        try {
            TextBench.write(
                    file,
                    task.pairs().stream()
                            .<Map<String, Object>>map(pair ->
                                    Map.of("anchor", pair.anchor(), "positive", pair.positive(), "field", set.key()))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> roles = new LinkedHashMap<>(Map.of("anchor", "anchor", "positive", "positive"));
        if (parted) {
            roles.put("domain", "field");
        }
        return Map.of("path", file.toString(), "weight", 1.0, "roles", roles);
    }

    private static TextModel trained(List<Object> sources, TextBudget budget, long seed, Path out) {
        Map<String, Object> told = budget.told(sources, out, seed);
        told.put("recipe", DENSE);
        told.put("set", Map.of("max-tokens", "64"));
        RunFile run = RunFile.defaults().with("effects", told);
        try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
            training.run();
        }
        return TextModel.load(out + "/model", seed);
    }
}
