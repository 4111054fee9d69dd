package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Any objective over the first d numbers of each embedding, for several d: {@code sum_d weight_d L(z[:d])} (Kusupati et al.,
 * "Matryoshka Representation Learning", NeurIPS 2022, eq. 1). The similarity normalises the truncated embeddings if it
 * normalises at all.
 *
 * @param inner what is evaluated at each width
 * @param dimensions the widths, each at least 1 and not repeated
 * @param weights how much each counts, in the order of {@code dimensions}
 */
public record Matryoshka(Objective inner, List<Integer> dimensions, List<Double> weights) implements Objective {

    /** Memories that are the same at every width. */
    private static final Set<String> SHARED = Set.of(Similarity.LOG_SCALE, Similarity.BIAS, Similarity.SCHEDULED);

    public Matryoshka {
        for (String memory : inner.needs().memories()) {
            if (!SHARED.contains(memory)) {
                throw new IllegalArgumentException("Matryoshka: the memory " + memory + " is of whole embeddings");
            }
        }
        dimensions = List.copyOf(dimensions);
        weights = List.copyOf(weights);
        if (dimensions.isEmpty() || dimensions.size() != weights.size()) {
            throw new IllegalArgumentException(
                    "Matryoshka: expected a weight for each of at least one dimension, but found " + dimensions
                            + " and " + weights);
        }
        for (int dimension : dimensions) {
            if (dimension < 1) {
                throw new IllegalArgumentException("Matryoshka: dimensions must be at least 1, but were " + dimensions);
            }
        }
        if (dimensions.stream().distinct().count() != dimensions.size()) {
            throw new IllegalArgumentException("Matryoshka: dimensions must differ, but were " + dimensions);
        }
        for (double weight : weights) {
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("Matryoshka: weights must not be negative, but were " + weights);
            }
        }
    }

    /** Every width counts the same. */
    public static Matryoshka of(Objective inner, int... dimensions) {
        return new Matryoshka(
                inner,
                Arrays.stream(dimensions).boxed().toList(),
                Arrays.stream(dimensions).mapToObj(dimension -> 1.0).toList());
    }

    @Override
    public Evaluation evaluate(Views views) {
        return evaluate(views, Collective.alone());
    }

    @Override
    public Evaluation evaluate(Views views, Collective collective) {
        int width = views.list().get(0).width();
        for (int dimension : dimensions) {
            if (dimension > width) {
                throw ChiaroException.usage("matryoshka: expected dimensions of at most " + width
                        + ", the width of the embeddings, but found " + dimension + ". Leave it out.");
            }
        }
        int widest = dimensions.stream().mapToInt(Integer::intValue).max().orElseThrow();
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("matryoshka")) {
            StretchSum sum = new StretchSum(views);
            for (int k = 0; k < dimensions.size(); k++) {
                int dimension = dimensions.get(k);
                try (Scope part = Scope.open("matryoshka dimension")) {
                    Evaluation found = inner.evaluate(StretchSum.cut(views, 0, dimension), collective);
                    sum.add(part, "loss-" + dimension, 0, weights.get(k), found, dimension == widest);
                }
            }
            return sum.done().escaped(scope);
        }
    }

    @Override
    public Needs needs() {
        return inner.needs();
    }

    @Override
    public String reduction() {
        return "weighted sum over dimensions of: " + inner.reduction();
    }

    @Override
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>(inner.slots());
        slots.put(
                "matryoshka",
                String.join(",", dimensions.stream().map(String::valueOf).toList()));
        slots.put(
                "matryoshka-weights",
                String.join(",", weights.stream().map(RecordSlots::written).toList()));
        return slots;
    }
}
