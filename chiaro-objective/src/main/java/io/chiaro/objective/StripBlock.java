package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Anchors {@code from..to - 1} of all rows against candidates {@code first..last - 1}.
 *
 * @param negativesFrom the first candidate that can be a negative
 * @param learning whether gradients flow to the candidates
 * @param census how many candidates have a key, and how many of those that can be negatives
 */
@SuppressWarnings("ArrayRecordComponent")
record StripBlock(
        int from,
        int to,
        int first,
        int last,
        long[] anchorKeys,
        long[] candidateKeys,
        int negativesFrom,
        boolean learning,
        Census census) {

    StripBlock(
            int from,
            int to,
            int first,
            int last,
            long[] anchorKeys,
            long[] candidateKeys,
            int negativesFrom,
            boolean learning) {
        this(
                from,
                to,
                first,
                last,
                anchorKeys,
                candidateKeys,
                negativesFrom,
                learning,
                Census.of(candidateKeys, negativesFrom));
    }

    /** What stands against what, of all rows of a batch. */
    static List<StripBlock> of(Pairing.Among among, BatchRows rows, boolean byLabel) {
        long[] keys = rows.keys(byLabel);
        int all = rows.count();
        int ofViews = rows.ofViews();
        return switch (among) {
            case BATCH -> List.of(new StripBlock(0, ofViews, 0, ofViews, keys, keys, 0, true));
            case CROSS -> List.of(cross(rows, keys, 0, 1));
            case CROSS_BOTH -> List.of(cross(rows, keys, 0, 1), cross(rows, keys, 1, 0));
            case QUEUE -> {
                int second = rows.first(second(rows));
                long[] candidates = Arrays.copyOf(Arrays.copyOfRange(keys, second, ofViews), all - second);
                Arrays.fill(candidates, ofViews - second, all - second, Long.MIN_VALUE);
                yield List.of(new StripBlock(
                        0,
                        rows.first(1),
                        second,
                        all,
                        Arrays.copyOf(keys, rows.first(1)),
                        candidates,
                        ofViews - second,
                        false));
            }
            case QUEUE_ALONE -> {
                second(rows);
                long[] candidates = new long[all - ofViews];
                Arrays.fill(candidates, Long.MIN_VALUE);
                yield List.of(new StripBlock(
                        0, rows.first(1), ofViews, all, Arrays.copyOf(keys, rows.first(1)), candidates, 0, false));
            }
            case CROSS_AND_QUEUE -> {
                int second = rows.first(second(rows));
                long[] candidates = Arrays.copyOf(Arrays.copyOfRange(keys, second, ofViews), all - second);
                Arrays.fill(candidates, ofViews - second, all - second, Long.MIN_VALUE);
                yield List.of(new StripBlock(0, second, second, all, Arrays.copyOf(keys, second), candidates, 0, true));
            }
            case PAST -> {
                long[] candidates = Arrays.copyOf(keys, all);
                System.arraycopy(rows.pastKeys(), 0, candidates, ofViews, all - ofViews);
                yield List.of(new StripBlock(0, ofViews, 0, all, keys, candidates, 0, false));
            }
            case CLASSES -> {
                Views.requireLabels(Arrays.stream(keys), all - ofViews, "classes");
                long[] classes = new long[all - ofViews];
                Arrays.setAll(classes, k -> k);
                yield List.of(new StripBlock(0, ofViews, ofViews, all, keys, classes, 0, true));
            }
        };
    }

    private static int second(BatchRows rows) {
        if (rows.views().list().size() < 2) {
            throw ChiaroException.usage("objective: expected two views, but found one. Give a second.");
        }
        return 1;
    }

    private static StripBlock cross(BatchRows rows, long[] keys, int anchors, int candidates) {
        second(rows);
        return new StripBlock(
                rows.first(anchors),
                rows.first(anchors + 1),
                rows.first(candidates),
                rows.first(candidates + 1),
                Arrays.copyOfRange(keys, rows.first(anchors), rows.first(anchors + 1)),
                Arrays.copyOfRange(keys, rows.first(candidates), rows.first(candidates + 1)),
                0,
                true);
    }

    /** How many anchors it has. */
    int anchors() {
        return to - from;
    }

    /** How many candidates it has. */
    int candidates() {
        return last - first;
    }

    /** Some of its anchors. */
    StripBlock strip(int start, int end) {
        return new StripBlock(
                start,
                end,
                first,
                last,
                Arrays.copyOfRange(anchorKeys, start - from, end - from),
                candidateKeys,
                negativesFrom,
                learning,
                census);
    }

    boolean holdsItself(int anchor) {
        return anchor >= first && anchor < last;
    }

    /** The positives of each anchor. */
    double[] positives() {
        double[] counts = new double[to - from];
        Arrays.setAll(counts, i -> census.all(anchorKeys[i]) - (holdsItself(from + i) ? 1 : 0));
        return counts;
    }

    /**
     * The mean over the positives of each anchor of their rows, [n, d]; zeros without a positive. No square of scores is made.
     *
     * @param rows of all, [N, d]
     */
    Tensor positiveMeans(Tensor rows) {
        Map<Long, Integer> groups = new HashMap<>();
        long[] ofCandidates = new long[candidateKeys.length];
        Arrays.setAll(ofCandidates, j -> groups.computeIfAbsent(candidateKeys[j], missing -> groups.size()));
        long[] ofAnchors = new long[anchors()];
        double[] itself = new double[anchors()];
        // One group more, without rows, for anchors without any.
        Arrays.setAll(ofAnchors, i -> groups.getOrDefault(anchorKeys[i], groups.size()));
        Arrays.setAll(itself, i -> holdsItself(from + i) ? 1 : 0);
        Tensor sums = Tensor.zeros(groups.size() + 1, rows.size(1))
                .to(rows.type())
                .addRowsInPlace(
                        Tensor.of(ofCandidates, ofCandidates.length), rows.narrow(0, first, ofCandidates.length));
        double[] counts = positives();
        Tensor divisor = Tensor.of(counts, counts.length, 1).to(rows.type());
        return sums.indexSelect(0, Tensor.of(ofAnchors, ofAnchors.length))
                .subtract(rows.narrow(0, from, anchors())
                        .multiply(Tensor.of(itself, itself.length, 1).to(rows.type())))
                .divide(divisor.atLeast(1))
                .multiply(divisor.atMost(1));
    }

    /** The negatives of each anchor: what can be one, and has another key. */
    double[] negatives() {
        double[] counts = new double[to - from];
        Arrays.setAll(counts, i -> (last - first - negativesFrom) - census.later(anchorKeys[i]));
        return counts;
    }

    /** Candidates by key. */
    record Census(Map<Long, Integer> counts, Map<Long, Integer> laterCounts) {

        static Census of(long[] keys, int negativesFrom) {
            Map<Long, Integer> counts = from(keys, 0);
            return new Census(counts, negativesFrom == 0 ? counts : from(keys, negativesFrom));
        }

        private static Map<Long, Integer> from(long[] keys, int first) {
            Map<Long, Integer> counts = new HashMap<>();
            for (int j = first; j < keys.length; j++) {
                counts.merge(keys[j], 1, Integer::sum);
            }
            return counts;
        }

        int all(long key) {
            return counts.getOrDefault(key, 0);
        }

        int later(long key) {
            return laterCounts.getOrDefault(key, 0);
        }
    }
}
