package io.chiaro.example.papers.learn;

import io.chiaro.core.metric.RandomisationTest;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.RandomEncoder;
import io.chiaro.eval.Report;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.TrecRun;
import io.chiaro.model.Embedder;
import io.chiaro.model.Ranker;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.Bm25;
import io.chiaro.text.TextModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether training has helped: how well the abstract of a held-out title is found among all held-out abstracts, or all that there are, by chance, by words, by
 * the model as it was and as it is now.
 */
public final class Comparison {

    /** The metric that is tested; of one right answer it is 1 over its rank, or 0 below the tenth. */
    static final String METRIC = "mrr@10";

    private static final List<String> SHOWN = List.of(METRIC, "ndcg@10", "recall@10");
    private static final String TUNED = "tuned";
    private static final int SAMPLES = 10_000;
    private static final int RANDOM_DIMENSION = 64;

    private final RetrievalData data;
    private final int documents;
    private final EvaluationOptions options;
    private final Path folder;
    private final Map<String, Report> reports = new LinkedHashMap<>();

    private Comparison(RetrievalData data, int documents, EvaluationOptions options, Path folder) {
        this.data = data;
        this.documents = documents;
        this.options = options;
        this.folder = folder;
    }

    /**
     * Judges all four.
     *
     * @param among pairs whose abstracts are searched too
     * @param folder where their rankings go, in TREC's form
     */
    public static Comparison of(
            List<TitlePair> heldOut, List<TitlePair> among, LearningSettings settings, Path tuned, Path folder) {
        RetrievalData data = TitlePairs.task(heldOut, among);
        EvaluationOptions options =
                EvaluationOptions.defaults().withSeed(settings.seed()).withThreads(settings.threads());
        Comparison comparison = new Comparison(data, heldOut.size() + among.size(), options, folder);
        try (Embedder random = RandomEncoder.create(RANDOM_DIMENSION, settings.seed());
                Ranker words = Bm25.create(data.documents());
                TextModel base = TextModel.load(settings.base(), settings.seed());
                Embedder trained = OnnxEmbedder.open(
                        tuned.toString(), OnnxSettings.defaults().withThreads(settings.threads()))) {
            comparison.judge("random", each -> Evaluation.retrieval(data, each, random));
            comparison.judge("bm25", each -> Evaluation.retrieval(data, each, words));
            comparison.judge("base", each -> Evaluation.retrieval(data, each, base.embedder()));
            comparison.judge(TUNED, each -> Evaluation.retrieval(data, each, trained));
        }
        return comparison;
    }

    private void judge(String system, Function<EvaluationOptions, Report> judging) {
        reports.put(system, judging.apply(options.withRun(Optional.of(ranking(system)))));
    }

    private Path ranking(String system) {
        return folder.resolve(system + ".trec");
    }

    /** The figures of a system. */
    public Report report(String system) {
        return Optional.ofNullable(reports.get(system)).orElseThrow();
    }

    /** The tuned model against another system, title by title. */
    public RandomisationTest test(String other) {
        return RandomisationTest.of(values(TUNED), values(other), SAMPLES, options.seed());
    }

    private double[] values(String system) {
        TrecRun run = TrecRun.read(ranking(system));
        return data.queries().keySet().stream()
                .mapToDouble(query -> run.value(RankingMetric.of(METRIC), data, query))
                .toArray();
    }

    /** A table, and what the test says of each difference. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(data.queries().size() + " held-out titles, each to find its abstract among " + documents);
        lines.add(String.format(Locale.ROOT, "%-8s%12s%12s%12s", "", SHOWN.get(0), SHOWN.get(1), SHOWN.get(2)));
        reports.forEach((system, report) -> {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", system));
            SHOWN.forEach(metric -> line.append(String.format(Locale.ROOT, "%12.4f", report.metric(metric))));
            lines.add(line.toString());
        });
        for (String other : List.of("base", "bm25")) {
            RandomisationTest test = test(other);
            lines.add(String.format(
                    Locale.ROOT,
                    "tuned - %s, %s: %+.4f, p = %.4f (paired randomisation test): %s",
                    other,
                    METRIC,
                    test.difference(),
                    test.p(),
                    test.p() >= 0.05 ? "not shown" : test.difference() > 0 ? "tuned is better" : "tuned is worse"));
        }
        return lines;
    }
}
