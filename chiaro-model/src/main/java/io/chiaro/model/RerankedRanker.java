package io.chiaro.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Two stages: a ranker finds, and a reranker puts the first of what was found in order, by its scores alone or mixed with those of the
 * first stage. What stands behind these follows in the order of the first stage, with scores below theirs.
 *
 * <p>Mixed with a weight w below 1, a document c of those that are scored gets, with r the scores of the reranker and f those of the first
 * stage,
 *
 * <pre>s(c) = w r'(c) + (1 - w) f'(c),   x'(c) = (x(c) - min x) / (max x - min x)</pre>
 *
 * with least and greatest over the scored documents of the query, and x' = 0 where all are equal.
 *
 * <p>May be used by as many threads as its two parts.
 *
 * @param first finds documents
 * @param reranker scores their texts
 * @param text the text of a document by its id
 * @param depth how many documents are scored for a query, at least 1
 * @param weight of the reranker's scores, from 0 to 1; those of the first stage have the rest
 */
public record RerankedRanker(Ranker first, Reranker reranker, UnaryOperator<String> text, int depth, double weight)
        implements Ranker {

    /** How many documents are scored where nobody says. */
    public static final int USUAL_DEPTH = 100;

    /** The weight with which the reranker's scores alone count. */
    public static final double ALONE = 1;

    public RerankedRanker {
        if (depth < 1) {
            throw new IllegalArgumentException("RerankedRanker: expected a depth of at least 1, but found " + depth);
        }
        if (!(weight >= 0 && weight <= 1)) {
            throw new IllegalArgumentException("RerankedRanker: expected a weight from 0 to 1, but found " + weight);
        }
    }

    /** The reranker's scores alone. */
    public RerankedRanker(Ranker first, Reranker reranker, UnaryOperator<String> text, int depth) {
        this(first, reranker, text, depth, ALONE);
    }

    @Override
    public List<Hit> rank(String query, int most) {
        List<Hit> ranked =
                scored(query, first.rank(query, Math.max(most, depth))).order(weight);
        return ranked.subList(0, Math.min(most, ranked.size()));
    }

    /** The same two stages with the weight that serves judged queries best ({@link MixingWeight#chosen}). */
    public RerankedRanker weighedBy(Map<String, String> queries, Map<String, Map<String, Integer>> judgments) {
        double chosen =
                MixingWeight.chosen(queries, judgments, query -> scored(query, first.rank(query, depth))::order);
        return new RerankedRanker(first, reranker, text, depth, chosen);
    }

    private Scored scored(String query, List<Hit> found) {
        return Scored.of(query, found, reranker, text, depth);
    }

    /**
     * What was found, of which a reranker has scored the first.
     *
     * @param found in the order of the first stage
     * @param scores of the first of them
     */
    public record Scored(List<Hit> found, float[] scores) {

        /** Scores the first {@code depth} of what was found. */
        public static Scored of(
                String query, List<Hit> found, Reranker reranker, UnaryOperator<String> text, int depth) {
            List<String> texts =
                    found.stream().limit(depth).map(hit -> text.apply(hit.id())).toList();
            return new Scored(List.copyOf(found), reranker.score(query, texts));
        }

        /**
         * The scored ones in order, the others behind them in the order in which they were found, each a whole number below the one
         * before.
         *
         * @param weight of the reranker's scores, from 0 to 1
         */
        public List<Hit> order(double weight) {
            float[] mixed = mixed(weight);
            List<Hit> ranked = new ArrayList<>();
            for (int place : RerankedRanker.order(mixed)) {
                ranked.add(new Hit(found.get(place).id(), mixed[place]));
            }
            float lowest = ranked.isEmpty() ? 0 : ranked.get(ranked.size() - 1).score();
            for (int place = mixed.length; place < found.size(); place++) {
                ranked.add(new Hit(found.get(place).id(), lowest - 1 - (place - mixed.length)));
            }
            return ranked;
        }

        private float[] mixed(double weight) {
            if (weight == ALONE) {
                return scores;
            }
            float[] before = new float[scores.length];
            for (int place = 0; place < before.length; place++) {
                before[place] = found.get(place).score();
            }
            double[] first = between0And1(before);
            double[] second = between0And1(scores);
            float[] mixed = new float[scores.length];
            for (int place = 0; place < mixed.length; place++) {
                mixed[place] = (float) (weight * second[place] + (1 - weight) * first[place]);
            }
            return mixed;
        }

        private static double[] between0And1(float[] values) {
            double least = Double.POSITIVE_INFINITY;
            double greatest = Double.NEGATIVE_INFINITY;
            for (float value : values) {
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
            }
            double[] shares = new double[values.length];
            for (int i = 0; i < shares.length && greatest > least; i++) {
                shares[i] = (values[i] - least) / (greatest - least);
            }
            return shares;
        }
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
    public String name() {
        return first.name() + " > " + reranker.description().name();
    }

    @Override
    public String description() {
        return first.description() + "; the first " + depth + " put in order by " + reranker.description()
                + (weight == ALONE ? "" : ", weight " + weight + " beside the scores before");
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
