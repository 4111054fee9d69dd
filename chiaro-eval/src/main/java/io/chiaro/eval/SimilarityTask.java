package io.chiaro.eval;

import io.chiaro.core.Hashes;
import io.chiaro.core.metric.Correlation;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Judges cosines beside gold scores of pairs. */
final class SimilarityTask {

    private SimilarityTask() {}

    static Report judge(Path path, EvaluationOptions options, Embedder embedder) {
        SimilarityData data = SimilarityData.open(path, options.split(), options.columns());
        ReportDraft draft = new ReportDraft(Task.STS, path.toString(), Hashes.sha256(data.files), options, embedder);
        SpaceSample geometry = new SpaceSample(options.seed());
        Map<String, Double> first = new LinkedHashMap<>();
        double highest = data.parts.stream()
                .flatMap(part -> part.pairs().stream())
                .mapToDouble(SimilarityData.ScoredPair::score)
                .max()
                .orElse(0);
        double lowest = data.parts.stream()
                .flatMap(part -> part.pairs().stream())
                .mapToDouble(SimilarityData.ScoredPair::score)
                .min()
                .orElse(0);
        double positiveFrom = lowest + 0.8 * (highest - lowest);
        int pairs = 0;
        for (SimilarityData.Part part : data.parts) {
            float[][] left = TextVectors.of(
                    embedder,
                    part.pairs().stream().map(SimilarityData.ScoredPair::first).toList(),
                    TextRole.TEXT);
            float[][] right = TextVectors.of(
                    embedder,
                    part.pairs().stream().map(SimilarityData.ScoredPair::second).toList(),
                    TextRole.TEXT);
            double[] gold = part.pairs().stream()
                    .mapToDouble(SimilarityData.ScoredPair::score)
                    .toArray();
            double[] predicted = new double[gold.length];
            for (int i = 0; i < gold.length; i++) {
                predicted[i] = TextVectors.dot(left[i], right[i]);
                geometry.add(left[i]);
                geometry.add(right[i]);
                if (gold[i] >= positiveFrom) {
                    geometry.positive(left[i], right[i]);
                }
            }
            pairs += gold.length;
            first.put(part.name() + "/spearman", draft.defined(part.name(), Correlation.spearman(predicted, gold)));
            first.put(part.name() + "/pearson", draft.defined(part.name(), Correlation.pearson(predicted, gold)));
            if (data.parts.size() > 1) {
                draft.size(part.name() + " pairs", gold.length);
            }
        }
        for (String key : List.of("spearman", "pearson")) {
            double mean = data.parts.stream()
                    .mapToDouble(part -> Objects.requireNonNull(first.get(part.name() + "/" + key)))
                    .average()
                    .orElseThrow();
            draft.metric(
                    key,
                    mean,
                    "correlation of cosine with the gold score"
                            + (key.equals("spearman") ? ", equal values share their mean rank" : "")
                            + (data.parts.size() > 1 ? "; mean over the parts" : ""));
        }
        if (data.parts.size() > 1) {
            first.forEach((key, value) -> draft.metric(key, value, ""));
        }
        draft.size("pairs", pairs);
        if (data.unjudged() > 0) {
            draft.size("rows without a score, skipped", data.unjudged());
        }
        geometry.write(draft, String.format(Locale.ROOT, "pairs with a score of at least %.2f", positiveFrom));
        return draft.report();
    }
}
