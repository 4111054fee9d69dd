package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which judgement was the best so far, and whether the run should stop because none better came for too long. A value is
 * its own state: it is saved with the checkpoint and goes on from there.
 *
 * <p>A metric is named by its key, {@code ndcg@10}, or, where several tasks are judged, by task and key,
 * {@code sts/spearman}. A value that is NaN is never better and uses up patience.
 *
 * <p>Immutable, safe from any thread.
 *
 * @param metric the key that is watched
 * @param direction whether more or less of it is better
 * @param patience judgements in a row without a better value after which to stop, absent for never
 * @param best the best value, absent before the first judgement
 * @param bestStep the step of the best value, 0 before the first judgement
 * @param waited judgements since the best
 */
public record EarlyStopping(
        String metric,
        Direction direction,
        Optional<Integer> patience,
        Optional<Double> best,
        long bestStep,
        int waited) {

    private static final Set<String> LESS_IS_BETTER = Set.of("loss", "alignment", "uniformity");
    private static final List<String> MORE_IS_BETTER = List.of(
            "ndcg",
            "mrr",
            "map",
            "recall",
            "precision",
            "spearman",
            "pearson",
            "accuracy",
            "average-precision",
            "auc",
            "f1",
            "v-measure",
            "ari",
            "nmi",
            "effective-rank");

    /** Which way a metric points. */
    public enum Direction {
        /** More is better. */
        HIGHER,
        /** Less is better. */
        LOWER;

        /** The direction of a metric by its key; a task before a slash and a cut-off after an at sign do not matter. */
        public static Direction of(String metric) {
            String key = metric.substring(metric.lastIndexOf('/') + 1);
            String family = key.indexOf('@') < 0 ? key : key.substring(0, key.indexOf('@'));
            if (LESS_IS_BETTER.contains(family)) {
                return LOWER;
            }
            if (MORE_IS_BETTER.contains(family)) {
                return HIGHER;
            }
            Set<String> all = new TreeSet<>(MORE_IS_BETTER);
            all.addAll(LESS_IS_BETTER);
            throw ChiaroException.usage("best-metric: expected a metric that is known, but found \"" + metric + "\". "
                    + Names.hint(family, all));
        }
    }

    public EarlyStopping {
        if (patience.orElse(1) < 1) {
            throw new IllegalArgumentException(
                    "EarlyStopping: expected patience of at least 1, but got " + patience.orElse(1));
        }
    }

    /**
     * The state before the first judgement.
     *
     * @param metric the key to watch
     * @param declared the keys that the run's judgements will give
     * @throws ChiaroException of kind usage, before any training, where the key is not among them
     */
    public static EarlyStopping of(String metric, Collection<String> declared, Optional<Integer> patience) {
        if (!declared.contains(metric)) {
            String hint = declared.isEmpty()
                    ? "Nothing is judged in this run: add --eval TASK:PATH."
                    : Names.hint(metric, new TreeSet<>(declared));
            throw ChiaroException.usage(
                    "best-metric: expected a metric that this run judges, but found \"" + metric + "\". " + hint);
        }
        return new EarlyStopping(metric, Direction.of(metric), patience, Optional.empty(), 0, 0);
    }

    /**
     * The state after a judgement. It was a new best if {@link #bestStep} is its step.
     *
     * @param metrics at least the watched one
     */
    public EarlyStopping after(long step, Map<String, Double> metrics) {
        Double value = metrics.get(metric);
        if (value == null) {
            throw new IllegalArgumentException("EarlyStopping: expected " + metric + " in the judgement of step " + step
                    + ", but got only " + metrics.keySet());
        }
        return isBetter(value)
                ? new EarlyStopping(metric, direction, patience, Optional.of(value), step, 0)
                : new EarlyStopping(metric, direction, patience, best, bestStep, waited + 1);
    }

    /** Whether the run should stop now. */
    public boolean stops() {
        return patience.isPresent() && waited >= patience.get();
    }

    private boolean isBetter(double value) {
        if (Double.isNaN(value) || best.isEmpty()) {
            return !Double.isNaN(value);
        }
        return direction == Direction.HIGHER ? value > best.get() : value < best.get();
    }
}
