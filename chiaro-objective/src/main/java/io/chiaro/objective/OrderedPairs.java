package io.chiaro.objective;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * {@code log(1 + sum exp(s_i - s_j))} over all pairs of rows with {@code gold_i < gold_j} (Huang et al., "CoSENT",
 * IEEE/ACM TASLP 2024, eq. 6): what is more alike by the gold scores shall score higher.
 *
 * <p>The sum runs over rows in the order of gold scores: with {@code U_i = log sum exp(-s_j)} over the rows above i and
 * {@code D_j = log sum exp(s_i)} over the rows below j, the value is {@code log(1 + sum_i exp(s_i + U_i))} and the gradient
 * to s_k is {@code exp(s_k + U_k - L) - exp(D_k - s_k - L)}. O(N log N) time, O(N) memory.
 */
public record OrderedPairs() implements Divergence {

    @Override
    public Reach reach() {
        return Reach.GLOBAL;
    }

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.GoldScores.class;
    }

    @Override
    public Judgement judge(ScoreTable table) {
        Integer[] order = IntStream.range(0, table.rows())
                .filter(table::isWhole)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> table.targets()[i][0]))
                .toArray(Integer[]::new);
        int n = order.length;
        double[] score =
                Arrays.stream(order).mapToDouble(i -> table.scores()[i][0]).toArray();
        double[] gold =
                Arrays.stream(order).mapToDouble(i -> table.targets()[i][0]).toArray();
        double[] below = new double[n];
        double[] above = new double[n];
        double pairs = 0;
        // Rows of equal gold scores form a group; a group only sees the groups before or after it.
        double running = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < n; ) {
            int to = endOfGroup(gold, from);
            Arrays.fill(below, from, to, running);
            pairs += (double) from * (to - from);
            for (int k = from; k < to; k++) {
                running = LogSumExp.add(running, score[k]);
            }
            from = to;
        }
        running = Double.NEGATIVE_INFINITY;
        for (int to = n; to > 0; ) {
            int from = startOfGroup(gold, to);
            Arrays.fill(above, from, to, running);
            for (int k = from; k < to; k++) {
                running = LogSumExp.add(running, -score[k]);
            }
            to = from;
        }
        double loss = 0;
        for (int k = 0; k < n; k++) {
            loss = LogSumExp.add(loss, score[k] + above[k]);
        }
        double[][] gradient = table.zeros();
        long anchors = 0;
        for (int k = 0; k < n; k++) {
            gradient[order[k]][0] = Math.exp(score[k] + above[k] - loss) - Math.exp(below[k] - score[k] - loss);
            anchors += above[k] != Double.NEGATIVE_INFINITY || below[k] != Double.NEGATIVE_INFINITY ? 1 : 0;
        }
        return new Judgement(loss, Math.log1p(pairs), 0.0, gradient, anchors);
    }

    private static int endOfGroup(double[] gold, int from) {
        int to = from + 1;
        while (to < gold.length && gold[to] == gold[from]) {
            to++;
        }
        return to;
    }

    private static int startOfGroup(double[] gold, int to) {
        int from = to - 1;
        while (from > 0 && gold[from - 1] == gold[to - 1]) {
            from--;
        }
        return from;
    }
}
