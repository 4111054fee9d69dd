package io.chiaro.model;

import io.chiaro.core.metric.JudgedRanking;
import java.util.List;
import java.util.Map;

/** A found document: its id and its score, where higher is better. */
public record Hit(String id, float score) {

    /**
     * What was found for a query, beside what is known of it.
     *
     * @param hits of which no two have one id
     * @param grades by document id
     */
    public static JudgedRanking judged(List<Hit> hits, Map<String, Integer> grades) {
        float[] scores = new float[hits.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = hits.get(i).score();
        }
        return JudgedRanking.of(hits.stream().map(Hit::id).toList(), scores, grades);
    }
}
