package io.chiaro.search;

import io.chiaro.model.Hit;
import io.chiaro.model.MixingWeight;
import io.chiaro.model.Ranker;
import java.util.List;
import java.util.Map;

/** How much vectors count beside words, chosen by judged queries as {@link MixingWeight} does. */
public final class HybridWeight {

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
        return MixingWeight.chosen(queries, judgments, text -> {
            List<Hit> byWords = words.rank(text, HybridRanker.LEAST_DEPTH);
            List<Hit> byVectors = vectors.rank(text, HybridRanker.LEAST_DEPTH);
            return weight -> HybridRanker.fused(byWords, byVectors, fusion, weight, HybridRanker.LEAST_DEPTH);
        });
    }
}
