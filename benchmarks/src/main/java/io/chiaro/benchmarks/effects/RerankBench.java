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

    private static final String BASE = "all-MiniLM-L6-v2";
    private static final int STEPS = 120;
    private static final int LISTS = 4;
    private static final double RATE = 2e-4;
    private static final Map<String, String> SHORT = Map.of("list", "8", "max-tokens", "64");

    @Override
    public String name() {
        return "candidates in order";
    }

    @Override
    public Map<String, Object> budget() {
        Map<String, Object> budget = new LinkedHashMap<>();
        budget.put("bench", name());
        budget.put("data", "TREC QA's train part, lists of eight, a pair cut at 64 tokens");
        budget.put("base", BASE + " with a new head");
        budget.put("steps", STEPS);
        budget.put("batch", LISTS);
        budget.put("learning-rate", RATE);
        budget.put("judged by", "rerank: the 68 questions of the test part with candidates of both kinds");
        return budget;
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path data, Path out) {
        Map<String, String> set = new LinkedHashMap<>(SHORT);
        set.putAll(arm.set());
        Map<String, Object> told = new LinkedHashMap<>();
        told.put(
                "data",
                List.of(Map.of(
                        "path",
                        data.resolve("trec_qa/train.csv.gz").toString(),
                        "roles",
                        Map.of("anchor", "qtext", "positive", "atext", "label", "label"))));
        told.put("base", BASE);
        told.put("recipe", ScorerTraining.CROSS_ENCODER);
        told.put("set", set);
        told.put("out", out.toString());
        told.put("steps", STEPS);
        told.put("batch", LISTS);
        told.put("learning-rate", RATE);
        told.put("checkpoint-steps", STEPS);
        told.put("seed", seed);
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
