package io.chiaro.benchmarks.retrieval;

import io.chiaro.eval.LogisticProbe;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import io.chiaro.search.Bm25;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is known of pairs: how well the right text answers the left one, and how well beside the best answer of the collection. Numbers
 * of several kinds become one score by logistic regression on pairs of which no model has learned.
 *
 * @param valid numbers of each pair to weigh by
 * @param test numbers of each pair to judge by
 */
record PairScores(float[][] valid, float[][] test) {

    private static final double STRENGTH = 1;
    private static final int ITERATIONS = 1000;

    /** BM25's score of the right text for the left one, and its share of the best score that any right text has. */
    static PairScores byWords(MatchingTask task) {
        Map<String, String> collection = task.collection();
        Stream<Document> documents =
                collection.entrySet().stream().map(text -> new Document(text.getValue(), "", text.getKey()));
        try (Bm25 words = Bm25.create(documents)) {
            return of(task, left -> {
                List<Hit> hits = words.rank(left, collection.size());
                Map<String, Double> scores = new HashMap<>();
                hits.forEach(hit -> scores.put(hit.id(), (double) hit.score()));
                double best = hits.isEmpty() ? 1 : hits.get(0).score();
                return right -> {
                    double score = scores.getOrDefault(collection.get(right), 0.0);
                    return new float[] {(float) score, (float) (score / best)};
                };
            });
        }
    }

    /** The cosine of both texts, and what it lacks of the best cosine that any right text has. */
    static PairScores byVectors(MatchingTask task, Embedder model) {
        List<String> rights = List.copyOf(task.collection().keySet());
        Map<String, float[]> vectors = new HashMap<>();
        float[][] embedded = TextVectors.of(model, rights, TextRole.DOCUMENT);
        IntStream.range(0, rights.size()).forEach(i -> vectors.put(rights.get(i), embedded[i]));
        List<String> lefts = Stream.concat(task.valid().stream(), task.test().stream())
                .map(MatchingTask.Pair::left)
                .distinct()
                .toList();
        float[][] asked = TextVectors.of(model, lefts, TextRole.QUERY);
        Map<String, Integer> places =
                IntStream.range(0, lefts.size()).boxed().collect(Collectors.toMap(lefts::get, place -> place));
        return of(task, left -> {
            float[] one = asked[Objects.requireNonNull(places.get(left))];
            double best = Stream.of(embedded)
                    .mapToDouble(other -> cosine(one, other))
                    .max()
                    .orElseThrow();
            return right -> {
                double cosine = cosine(one, Objects.requireNonNull(vectors.get(right)));
                return new float[] {(float) cosine, (float) (cosine - best)};
            };
        });
    }

    private static double cosine(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    /** What is known of the right texts of a left one. */
    private interface Asked {
        Answered of(String left);
    }

    private interface Answered {
        float[] of(String right);
    }

    private static PairScores of(MatchingTask task, Asked asked) {
        Map<String, Answered> known = new HashMap<>();
        List<float[][]> parts = new ArrayList<>();
        for (List<MatchingTask.Pair> pairs : List.of(task.valid(), task.test())) {
            parts.add(pairs.stream()
                    .map(pair -> known.computeIfAbsent(pair.left(), asked::of).of(pair.right()))
                    .toArray(float[][]::new));
        }
        return new PairScores(parts.get(0), parts.get(1));
    }

    /** The numbers of both side by side. */
    PairScores with(PairScores other) {
        return new PairScores(joined(valid, other.valid), joined(test, other.test));
    }

    private static float[][] joined(float[][] one, float[][] other) {
        float[][] rows = new float[one.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new float[one[i].length + other[i].length];
            System.arraycopy(one[i], 0, rows[i], 0, one[i].length);
            System.arraycopy(other[i], 0, rows[i], one[i].length, other[i].length);
        }
        return rows;
    }

    /** One score a pair, of those to weigh by and of those to judge by; only the order of scores means something. */
    List<double[]> weighed(boolean[] matches) {
        int numbers = valid[0].length;
        double[] mean = new double[numbers];
        double[] deviation = new double[numbers];
        for (int k = 0; k < numbers; k++) {
            int at = k;
            mean[k] = Stream.of(valid).mapToDouble(row -> row[at]).average().orElseThrow();
            deviation[k] = Math.max(
                    1e-9,
                    Math.sqrt(Stream.of(valid)
                            .mapToDouble(row -> (row[at] - mean[at]) * (row[at] - mean[at]))
                            .average()
                            .orElseThrow()));
        }
        float[][] known = standardised(valid, mean, deviation);
        int[] labels = new int[matches.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = matches[i] ? 1 : 0;
        }
        double[][] weights =
                LogisticProbe.fit(known, labels, 2, STRENGTH, ITERATIONS).weights();
        return Stream.of(known, standardised(test, mean, deviation))
                .map(rows -> Stream.of(rows)
                        .mapToDouble(row -> {
                            double sum = 0;
                            for (int k = 0; k < numbers; k++) {
                                sum += (weights[1][k] - weights[0][k]) * row[k];
                            }
                            return sum;
                        })
                        .toArray())
                .toList();
    }

    private static float[][] standardised(float[][] rows, double[] mean, double[] deviation) {
        return Stream.of(rows)
                .map(row -> {
                    float[] standard = new float[row.length];
                    for (int k = 0; k < row.length; k++) {
                        standard[k] = (float) ((row[k] - mean[k]) / deviation[k]);
                    }
                    return standard;
                })
                .toArray(float[][]::new);
    }
}
