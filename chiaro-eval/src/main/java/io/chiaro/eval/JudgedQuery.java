package io.chiaro.eval;

import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.model.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A query with what a system found for it and what people say of the documents. Immutable.
 *
 * @param id in the data
 * @param text of the query
 * @param hits the best first, equal scores in the order of {@link DocumentOrder}
 * @param grades by document id; documents that nobody judged have none
 */
public record JudgedQuery(String id, String text, List<Hit> hits, Map<String, Integer> grades) {

    /** What is ranked lower counts as not found. */
    private static final int CUTOFF = 10;

    public JudgedQuery {
        List<Hit> ordered = new ArrayList<>(hits);
        ordered.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        hits = List.copyOf(ordered);
        grades = Map.copyOf(grades);
    }

    /**
     * A document and where it was ranked.
     *
     * @param id of the document
     * @param rank from 1; none if it was not found
     * @param grade none if nobody judged it
     */
    public record Placed(String id, OptionalInt rank, OptionalInt grade) {}

    JudgedRanking ranking() {
        return Hit.judged(hits, grades);
    }

    /** nDCG@10 of the query, as {@link JudgedRanking#ndcg} has it. */
    public double ndcg() {
        return ranking().ndcg(CUTOFF);
    }

    /** The best hit that is not relevant, or of which nobody said so; none if all hits are relevant. */
    public Optional<Placed> firstWrong() {
        return hits.stream()
                .map(Hit::id)
                .filter(document -> grades.getOrDefault(document, 0) <= 0)
                .findFirst()
                .map(document -> placed(document, ranks()));
    }

    /**
     * The relevant document whose place cost most of nDCG@10: that with the greatest {@code grade / log2(ideal + 1) - grade / log2(rank +
     * 1)}, where ideal is its rank when all relevant documents stand in the best order, equal grades as they were found, and a part
     * is 0 beyond rank 10. None if no document is relevant.
     */
    public Optional<Placed> costliest() {
        Map<String, Integer> ranks = ranks();
        List<String> ideal = grades.keySet().stream()
                .filter(document -> grade(document) > 0)
                .sorted(Comparator.comparingInt((String document) -> -grade(document))
                        .thenComparingInt(document -> ranks.getOrDefault(document, Integer.MAX_VALUE))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        double most = Double.NEGATIVE_INFINITY;
        String costliest = null;
        for (int i = 0; i < ideal.size(); i++) {
            String document = ideal.get(i);
            double cost =
                    grade(document) * (discount(i + 1) - discount(ranks.getOrDefault(document, Integer.MAX_VALUE)));
            if (cost > most) {
                most = cost;
                costliest = document;
            }
        }
        return Optional.ofNullable(costliest).map(document -> placed(document, ranks));
    }

    private static double discount(int rank) {
        return rank > CUTOFF ? 0 : Math.log(2) / Math.log(rank + 1.0);
    }

    private int grade(String document) {
        return grades.getOrDefault(document, 0);
    }

    private Map<String, Integer> ranks() {
        Map<String, Integer> ranks = new HashMap<>();
        hits.forEach(hit -> ranks.put(hit.id(), ranks.size() + 1));
        return ranks;
    }

    private Placed placed(String document, Map<String, Integer> ranks) {
        return new Placed(document, number(ranks.get(document)), number(grades.get(document)));
    }

    private static OptionalInt number(@Nullable Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
