package io.chiaro.model;

import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.core.metric.RankingMetric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * How much one of two scores counts beside the other, chosen by judged queries. These should be others than those that the result is
 * reported on, and others than those that a model was trained on, to which its scores look better than they are.
 */
public final class MixingWeight {

    /** Both count alike. */
    public static final double EVEN = 0.5;

    private static final RankingMetric METRIC = RankingMetric.of("ndcg@10");
    private static final int PARTS = 10;

    private MixingWeight() {}

    /** What was found for a query, ranked with a weight of the one score, from 0 to 1; the other has the rest. */
    @FunctionalInterface
    public interface Mixture {
        List<Hit> at(double weight);
    }

    /**
     * The weight, of 0, 0.1, ..., 1, that gives the greatest mean nDCG@10; of equally good ones that nearest to even.
     *
     * @param queries texts by query id, of each that is judged
     * @param judgments grades by document id, by query id; not empty
     * @param mixture of a query's text; asked for once a query
     */
    public static double chosen(
            Map<String, String> queries,
            Map<String, Map<String, Integer>> judgments,
            Function<String, Mixture> mixture) {
        List<Map<String, JudgedRanking>> byPart = new ArrayList<>();
        for (int part = 0; part <= PARTS; part++) {
            byPart.add(new LinkedHashMap<>());
        }
        judgments.forEach((id, grades) -> {
            Mixture mixed = mixture.apply(Objects.requireNonNull(queries.get(id)));
            for (int part = 0; part <= PARTS; part++) {
                byPart.get(part).put(id, Hit.judged(mixed.at(part / (double) PARTS), grades));
            }
        });
        List<Double> means = byPart.stream()
                .map(rankings -> METRIC.mean(rankings, rankings.size(), RankingMetric.Queries.ALL_JUDGED))
                .toList();
        int best = IntStream.rangeClosed(0, PARTS)
                .boxed()
                .max(Comparator.<Integer>comparingDouble(means::get)
                        .thenComparing(part -> -Math.abs(2 * part - PARTS))
                        .thenComparing(Comparator.reverseOrder()))
                .orElseThrow();
        return best / (double) PARTS;
    }
}
