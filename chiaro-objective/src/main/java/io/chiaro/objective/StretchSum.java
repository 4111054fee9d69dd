package io.chiaro.objective;

import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one objective says of several stretches of its embeddings, weighed and added. Used within one scope, with gradients off. */
final class StretchSum {

    private final List<Tensor> gradients = new ArrayList<>();
    private final Map<String, Double> components = new LinkedHashMap<>();
    private final Map<String, Tensor> memoryGradients = new LinkedHashMap<>();
    private double loss;
    private double chance;
    private double floor;
    private boolean bounded = true;
    private @Nullable Evaluation counted;

    /** An empty sum over embeddings of these views. */
    StretchSum(Views views) {
        for (View view : views.list()) {
            gradients.add(
                    Tensor.zeros(view.rows(), view.width()).to(view.values().type()));
        }
    }

    /** The views of a stretch alone. */
    static Views cut(Views views, int from, int width) {
        return views.withValues(views.list().stream()
                .map(view -> view.values().narrow(1, from, width).contiguous())
                .toList());
    }

    /**
     * Adds what was found of a stretch.
     *
     * @param part the scope in which it was found, inside the one that holds the sum
     * @param name of its value among the components
     * @param counts whether its other components and its counts are those of the whole
     */
    void add(Scope part, String name, int from, double weight, Evaluation found, boolean counts) {
        for (int v = 0; v < gradients.size(); v++) {
            addGradient(v, from, found.gradients().get(v).multiply(weight));
        }
        found.memoryGradients().forEach((memory, gradient) -> {
            Tensor weighted = gradient.multiply(weight);
            Tensor before = memoryGradients.get(memory);
            memoryGradients.put(memory, part.escape(before == null ? weighted : before.add(weighted)));
        });
        loss += weight * found.loss();
        chance += weight * found.chance();
        Double bound = found.floor();
        bounded &= bound != null;
        floor += bound == null ? 0 : weight * bound;
        components.put(name, found.loss());
        if (counts) {
            components.putAll(found.components());
            counted = found;
        }
    }

    /** Adds a gradient to a stretch of a view. */
    void addGradient(int view, int from, Tensor gradient) {
        gradients.get(view).narrow(1, from, gradient.size(1)).addInPlace(gradient);
    }

    /** Adds a value that is 0 at its least and has no gradient to a memory. */
    void addValue(String name, double weight, double value) {
        loss += weight * value;
        components.put(name, value);
    }

    /** The whole. */
    Evaluation done() {
        if (counted == null) {
            throw new IllegalStateException("StretchSum: no stretch was the one whose anchors count");
        }
        return new Evaluation(
                loss,
                chance,
                bounded ? floor : null,
                components,
                gradients,
                memoryGradients,
                Map.of(),
                counted.anchors(),
                counted.skippedAnchors(),
                counted.maskedCells());
    }
}
