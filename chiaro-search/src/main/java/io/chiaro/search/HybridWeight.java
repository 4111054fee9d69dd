package io.chiaro.search;

import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How much vectors count beside words, chosen by judged queries. These should be others than those that the result is reported on, and
 * others than those that the model was trained on, to which its vectors look better than they are.
 */
public final class HybridWeight {

    private static final RankingMetric METRIC = RankingMetric.of("ndcg@10");
    private static final int PARTS = 10;

    private HybridWeight() {}

    /**
     * The weight of the vectors, of 0, 0.1, ..., 1, that gives the greatest mean nDCG@10; of equally good ones that nearest to even.
     *
     * @param queries texts by query id, of each that is judged
     * @param judgments grades by document id, by query id; not empty
     */
    public static double chosen(
            Ranker words,
            Ranker vectors,
            Fusion fusion,
            Map<String, String> queries,
            Map<String, Map<String, Integer>> judgments) {
        List<Map<String, JudgedRanking>> byWeight = new ArrayList<>();
        for (int part = 0; part <= PARTS; part++) {
            byWeight.add(new LinkedHashMap<>());
        }
        judgments.forEach((id, grades) -> {
            String text = Objects.requireNonNull(queries.get(id));
            List<Hit> byWords = words.rank(text, HybridRanker.LEAST_DEPTH);
            List<Hit> byVectors = vectors.rank(text, HybridRanker.LEAST_DEPTH);
            for (int part = 0; part <= PARTS; part++) {
                List<Hit> fused =
                        HybridRanker.fused(byWords, byVectors, fusion, part / (double) PARTS, HybridRanker.LEAST_DEPTH);
                byWeight.get(part).put(id, judged(fused, grades));
            }
        });
        int best = PARTS / 2;
        double highest = mean(byWeight.get(best));
        for (int away = 1; away <= PARTS / 2; away++) {
            for (int part : new int[] {PARTS / 2 - away, PARTS / 2 + away}) {
                double value = mean(byWeight.get(part));
                if (value > highest) {
                    highest = value;
                    best = part;
                }
            }
        }
        return best / (double) PARTS;
    }

    private static double mean(Map<String, JudgedRanking> rankings) {
        return METRIC.mean(rankings, rankings.size(), RankingMetric.Queries.ALL_JUDGED);
    }

    private static JudgedRanking judged(List<Hit> hits, Map<String, Integer> grades) {
        float[] scores = new float[hits.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = hits.get(i).score();
        }
        return JudgedRanking.of(hits.stream().map(Hit::id).toList(), scores, grades);
    }
}
