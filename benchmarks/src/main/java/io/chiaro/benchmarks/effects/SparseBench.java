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

    private static final String BASE = "all-MiniLM-L6-v2";
    private static final SearchSet SET = SearchSet.TREC_QA;
    private static final int STEPS = 40;
    private static final int BATCH = 16;
    private static final double RATE = 5e-5;
    private static final Map<String, String> TOLD =
            Map.of("max-tokens", "64", "query-flops", "0.003", "document-flops", "0.003");

    @Override
    public String name() {
        return "weights of tokens";
    }

    @Override
    public Map<String, Object> budget() {
        Map<String, Object> budget = new LinkedHashMap<>();
        budget.put("bench", name());
        budget.put("data", "TREC QA's right answers with their questions, cut at 64 tokens");
        budget.put("base", BASE + " with a lexical start");
        budget.put("steps", STEPS);
        budget.put("batch", BATCH);
        budget.put("learning-rate", RATE);
        budget.put("flops", "0.003 for questions and for answers");
        budget.put("judged by", "retrieval: the 89 test questions among 1,393 answers");
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
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", pairs.toString())));
        told.put("base", BASE);
        told.put("recipe", arm.recipe());
        told.put("set", set);
        told.put("out", out.resolve("run").toString());
        told.put("steps", STEPS);
        told.put("batch", BATCH);
        told.put("learning-rate", RATE);
        told.put("checkpoint-steps", STEPS);
        told.put("seed", seed);
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
