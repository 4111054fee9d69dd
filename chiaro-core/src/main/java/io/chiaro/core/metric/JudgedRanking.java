package io.chiaro.core.metric;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One query's ranking joined with its judgments, ready to be measured as trec_eval measures it. In the formulas
 * {@code rel_i} is the judgment of the document at rank i (counted from 1; an unjudged document and a negative judgment
 * count as 0), a document is relevant if {@code rel_i > 0}, and R is the number of relevant documents among all judged
 * ones, found or not.
 *
 * <p>Source: the measures of the trec_eval program of NIST, which hold its definitions. Immutable.
 */
public final class JudgedRanking {

    private final int[] gains;
    private final int[] idealGains;

    private JudgedRanking(int[] gains, int[] idealGains) {
        this.gains = gains;
        this.idealGains = idealGains;
    }

    /**
     * Joins a run with its judgments. The order of the list does not matter: {@link DocumentOrder} sorts it.
     *
     * @param ids the found documents, each once
     * @param scores their scores, as many, none of them NaN
     * @param judgments the judged documents and their grades
     * @throws IllegalArgumentException if ids and scores differ in number, an id comes twice or a score is NaN
     */
    public static JudgedRanking of(List<String> ids, float[] scores, Map<String, Integer> judgments) {
        if (ids.size() != scores.length) {
            throw new IllegalArgumentException("JudgedRanking: expected one score for each id, but found " + ids.size()
                    + " ids and " + scores.length + " scores");
        }
        Set<String> seen = new HashSet<>(ids.size() * 2);
        Integer[] order = new Integer[scores.length];
        for (int i = 0; i < scores.length; i++) {
            if (Float.isNaN(scores[i])) {
                throw new IllegalArgumentException("JudgedRanking: the score of document " + ids.get(i) + " is NaN");
            }
            if (!seen.add(ids.get(i))) {
                throw new IllegalArgumentException("JudgedRanking: document " + ids.get(i) + " occurs twice");
            }
            order[i] = i;
        }
        Arrays.sort(order, (a, b) -> DocumentOrder.compare(scores[a], ids.get(a), scores[b], ids.get(b)));
        int[] relevance = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            relevance[i] = judgments.getOrDefault(ids.get(order[i]), 0);
        }
        return ofRelevance(
                relevance,
                judgments.values().stream().mapToInt(Integer::intValue).toArray());
    }

    /**
     * A ranking whose order is already known.
     *
     * @param ranked the judgments of the found documents, best first, 0 for an unjudged one
     * @param judged the judgments of all judged documents, in any order
     */
    public static JudgedRanking ofRelevance(int[] ranked, int[] judged) {
        int[] gains = Arrays.stream(ranked).map(grade -> Math.max(grade, 0)).toArray();
        int[] ascending =
                Arrays.stream(judged).filter(grade -> grade > 0).sorted().toArray();
        int[] ideal = new int[ascending.length];
        for (int i = 0; i < ideal.length; i++) {
            ideal[i] = ascending[ideal.length - 1 - i];
        }
        return new JudgedRanking(gains, ideal);
    }

    /** R, the number of relevant documents among all judged ones. */
    public int relevant() {
        return idealGains.length;
    }

    /**
     * {@code DCG@k / IDCG@k} with {@code DCG@k = sum_{i<=k} rel_i / log2(i + 1)}: the gain is the grade itself, not
     * {@code 2^rel - 1}. IDCG is the DCG of all judged documents in the best order; if it is 0, so is the result.
     */
    public double ndcg(int k) {
        double ideal = discountedGain(idealGains, k);
        return ideal == 0 ? 0 : discountedGain(gains, k) / ideal;
    }

    /**
     * {@code (1/R) sum over ranks i <= k of a relevant document of P@i}. The denominator is R, not min(k, R); 0 if R is 0.
     */
    public double averagePrecision(int k) {
        if (relevant() == 0) {
            return 0;
        }
        double sum = 0;
        int found = 0;
        for (int i = 0; i < Math.min(k, gains.length); i++) {
            if (gains[i] > 0) {
                found++;
                sum += found / (i + 1.0);
            }
        }
        return sum / relevant();
    }

    /** {@code relevant documents among the first k / R}; 0 if R is 0. */
    public double recall(int k) {
        return relevant() == 0 ? 0 : (double) found(k) / relevant();
    }

    /** {@code relevant documents among the first k / k}, even where fewer than k were found. */
    public double precision(int k) {
        return (double) found(k) / k;
    }

    /** {@code 1 / rank} of the first relevant document if that rank is at most k, otherwise 0. */
    public double reciprocalRank(int k) {
        for (int i = 0; i < Math.min(k, gains.length); i++) {
            if (gains[i] > 0) {
                return 1.0 / (i + 1);
            }
        }
        return 0;
    }

    private int found(int k) {
        int found = 0;
        for (int i = 0; i < Math.min(k, gains.length); i++) {
            if (gains[i] > 0) {
                found++;
            }
        }
        return found;
    }

    private static double discountedGain(int[] gains, int k) {
        double sum = 0;
        for (int i = 0; i < Math.min(k, gains.length); i++) {
            if (gains[i] > 0) {
                sum += gains[i] / (Math.log(i + 2) / Math.log(2));
            }
        }
        return sum;
    }
}
