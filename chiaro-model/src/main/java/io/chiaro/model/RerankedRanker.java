package io.chiaro.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Two stages: a ranker finds, and a reranker puts the first of what was found in order. What stands behind these follows in the order
 * of the first stage, with scores below theirs.
 *
 * <p>May be used by as many threads as its two parts.
 *
 * @param first finds documents
 * @param reranker scores their texts
 * @param text the text of a document by its id
 * @param depth how many documents are scored for a query, at least 1
 */
public record RerankedRanker(Ranker first, Reranker reranker, UnaryOperator<String> text, int depth) implements Ranker {

    /** How many documents are scored where nobody says. */
    public static final int USUAL_DEPTH = 100;

    public RerankedRanker {
        if (depth < 1) {
            throw new IllegalArgumentException("RerankedRanker: expected a depth of at least 1, but found " + depth);
        }
    }

    @Override
    public List<Hit> rank(String query, int most) {
        List<Hit> ranked = order(query, first.rank(query, Math.max(most, depth)), reranker, text, depth);
        return ranked.subList(0, Math.min(most, ranked.size()));
    }

    /**
     * What was found, the first {@code depth} in the order of a reranker and with its scores, the others behind them in the order in
     * which they were found, each a whole number below the one before.
     */
    public static List<Hit> order(
            String query, List<Hit> found, Reranker reranker, UnaryOperator<String> text, int depth) {
        List<Hit> scored = found.subList(0, Math.min(depth, found.size()));
        float[] scores = reranker.score(
                query, scored.stream().map(hit -> text.apply(hit.id())).toList());
        List<Hit> ranked = new ArrayList<>();
        for (int place : order(scores)) {
            ranked.add(new Hit(found.get(place).id(), scores[place]));
        }
        float lowest = ranked.isEmpty() ? 0 : ranked.get(ranked.size() - 1).score();
        for (int place = scored.size(); place < found.size(); place++) {
            ranked.add(new Hit(found.get(place).id(), lowest - 1 - (place - scored.size())));
        }
        return ranked;
    }

    /** The places of scores, highest first; of equal ones the earlier first. */
    public static int[] order(float[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer place) -> -scores[place])
                        .thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Override
    public String description() {
        return first.description() + "; the first " + depth + " put in order by " + reranker.description();
    }

    /** Closes both stages. */
    @Override
    public void close() {
        try (first;
                reranker) {
            // both are closed, also where one fails
        }
    }
}
