package io.chiaro.objective;

import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The value of an objective on a batch and its exact gradient for every embedding.
 *
 * @param loss the value, a mean over the anchors that count; 0 if none does
 * @param chance the value that equal scores everywhere would have: where a collapsed model stands
 * @param floor a bound that the value cannot fall below, or null if there is none
 * @param components named parts of the value, and shares worth watching such as {@code top-1}
 * @param gradients d loss / d values for each view, [N, d], in the order of {@link Views#list}; owned by the caller's scope
 * @param memoryGradients d loss / d values of the memories that are learned, by name; owned as the gradients are
 * @param remembered what memories become after this batch, by name; owned as the gradients are
 * @param anchors how many anchors count
 * @param skippedAnchors how many anchors had nothing to be compared with (no positive, or no negative where one is needed)
 * @param maskedCells how many candidates were left out as possible false negatives
 */
public record Evaluation(
        double loss,
        double chance,
        @Nullable Double floor,
        Map<String, Double> components,
        List<Tensor> gradients,
        Map<String, Tensor> memoryGradients,
        Map<String, Tensor> remembered,
        long anchors,
        long skippedAnchors,
        long maskedCells) {

    public Evaluation {
        components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
        gradients = List.copyOf(gradients);
        memoryGradients = Map.copyOf(memoryGradients);
        remembered = Map.copyOf(remembered);
    }

    /** Without memories. */
    Evaluation(
            double loss,
            double chance,
            @Nullable Double floor,
            Map<String, Double> components,
            List<Tensor> gradients,
            long anchors,
            long skippedAnchors,
            long maskedCells) {
        this(loss, chance, floor, components, gradients, Map.of(), Map.of(), anchors, skippedAnchors, maskedCells);
    }

    /** The same, held by a scope outside the one that is open. */
    Evaluation escaped(Scope scope) {
        return new Evaluation(
                loss,
                chance,
                floor,
                components,
                gradients.stream().map(scope::escape).toList(),
                escaped(memoryGradients, scope),
                escaped(remembered, scope),
                anchors,
                skippedAnchors,
                maskedCells);
    }

    private static Map<String, Tensor> escaped(Map<String, Tensor> tensors, Scope scope) {
        Map<String, Tensor> held = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> held.put(name, scope.escape(tensor)));
        return held;
    }

    /** Value and gradients times a number, in the scope that is open; what is remembered stays what it is. */
    Evaluation times(double factor) {
        Map<String, Tensor> learned = new LinkedHashMap<>();
        memoryGradients.forEach((name, gradient) -> learned.put(name, gradient.multiply(factor)));
        return new Evaluation(
                factor * loss,
                factor * chance,
                floor == null ? null : factor * floor,
                components,
                gradients.stream().map(gradient -> gradient.multiply(factor)).toList(),
                learned,
                remembered,
                anchors,
                skippedAnchors,
                maskedCells);
    }

    /** The same with the gradients held elsewhere. */
    Evaluation withGradients(List<Tensor> others) {
        return new Evaluation(
                loss,
                chance,
                floor,
                components,
                others,
                memoryGradients,
                remembered,
                anchors,
                skippedAnchors,
                maskedCells);
    }
}
