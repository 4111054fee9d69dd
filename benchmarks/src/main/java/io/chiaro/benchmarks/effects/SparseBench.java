package io.chiaro.benchmarks.effects;

import io.chiaro.benchmarks.retrieval.SearchSet;
import io.chiaro.benchmarks.retrieval.SearchTask;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.Report;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseRanker;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.onnx.OnnxSparseEmbedder;
import io.chiaro.text.ScorerTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sparse encoder that begins lexically and learns from questions with the sentences that answer them, every other answer of the batch
 * being wrong. Judged by search among all answers of the test part.
 */
record SparseBench() implements Bench {

    static final String FOUND = "ndcg@10";
    static final String ACTIVE = "weights of a text";

    private static final SearchSet SET = SearchSet.TREC_QA;
    private static final TextBudget BUDGET = new TextBudget("all-MiniLM-L6-v2", 40, 16, 5e-5);
    private static final Map<String, String> TOLD =
            Map.of("max-tokens", "64", "query-flops", "0.003", "document-flops", "0.003");

    @Override
    public String name() {
        return "weights of tokens";
    }

    @Override
    public Map<String, Object> budget() {
        Map<String, Object> budget = BUDGET.plain(
                name(),
                "TREC QA's right answers with their questions, cut at 64 tokens",
                " with a lexical start",
                "retrieval: the 89 test questions among 1,393 answers");
        budget.put("flops", "0.003 for questions and for answers");
        return budget;
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path data, Path out) {
        SearchTask task = SET.read(data);
        Path pairs = out.resolve("pairs.jsonl");
        try {
            TextBench.write(
                    pairs,
                    task.pairs().stream()
                            .<Map<String, Object>>map(
                                    pair -> Map.of("anchor", pair.anchor(), "positive", pair.positive()))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> set = new LinkedHashMap<>(TOLD);
        set.putAll(arm.set());
        Map<String, Object> told = BUDGET.told(List.of(Map.of("path", pairs.toString())), out.resolve("run"), seed);
        told.put("recipe", arm.recipe());
        told.put("set", set);
        told.putAll(arm.run());
        try (ScorerTraining training =
                ScorerTraining.start(RunFile.defaults().with("effects", told), ScorerTraining.Options.defaults())) {
            training.run();
        }
        RetrievalData judged = RetrievalData.of(SET.key(), "test", task.documents(), task.queries(), task.judgments());
        try (SparseEmbedder embedder = OnnxSparseEmbedder.open(
                        SparseDirectory.open(out.resolve("run/model")), OnnxSettings.defaults());
                SparseRanker ranker = SparseRanker.create(embedder, task.documents().stream())) {
            Report report = Evaluation.retrieval(judged, EvaluationOptions.defaults(), ranker);
            return Map.of(FOUND, report.metric(FOUND), ACTIVE, ranker.activeOfDocument());
        }
    }
}
