package io.chiaro.benchmarks.effects;

import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.Report;
import io.chiaro.eval.RerankingData;
import io.chiaro.text.ScorerTraining;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A cross-encoder on the questions of TREC QA: it learns from the train part and orders the candidates of the test part. */
record RerankBench() implements Bench {

    static final String PRECISION = "map@100";
    static final String FOUND = "ndcg@10";

    private static final TextBudget BUDGET = new TextBudget("all-MiniLM-L6-v2", 120, 4, 2e-4);
    private static final Map<String, String> SHORT = Map.of("list", "8", "max-tokens", "64");

    @Override
    public String name() {
        return "candidates in order";
    }

    @Override
    public Map<String, Object> budget() {
        return BUDGET.plain(
                name(),
                "TREC QA's train part, lists of eight, a pair cut at 64 tokens",
                " with a new head",
                "rerank: the 68 questions of the test part with candidates of both kinds");
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path data, Path out) {
        Map<String, String> set = new LinkedHashMap<>(SHORT);
        set.putAll(arm.set());
        Map<String, Object> told = BUDGET.told(
                List.of(Map.of(
                        "path",
                        data.resolve("trec_qa/train.csv.gz").toString(),
                        "roles",
                        Map.of("anchor", "qtext", "positive", "atext", "label", "label"))),
                out,
                seed);
        told.put("recipe", ScorerTraining.CROSS_ENCODER);
        told.put("set", set);
        told.putAll(arm.run());
        try (ScorerTraining training =
                ScorerTraining.start(RunFile.defaults().with("effects", told), ScorerTraining.Options.defaults())) {
            training.run();
            EvaluationOptions options = EvaluationOptions.defaults();
            Report report = Evaluation.reranking(
                    RerankingData.open(data.resolve("trec_qa"), options),
                    "trec_qa",
                    options,
                    training.model().reranker());
            return Map.of(PRECISION, report.metric(PRECISION), FOUND, report.metric(FOUND));
        }
    }
}
