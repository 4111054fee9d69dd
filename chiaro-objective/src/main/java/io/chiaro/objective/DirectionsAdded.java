package io.chiaro.objective;

import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Twice an objective that is a mean over two directions: their sum. Some references add where others average, and a rate that
 * was tuned for one is wrong for the other.
 */
public record DirectionsAdded(Objective objective) implements Objective {

    private static final double DIRECTIONS = 2;

    @Override
    public Evaluation evaluate(Views views) {
        return evaluate(views, Collective.alone());
    }

    @Override
    public Evaluation evaluate(Views views, Collective collective) {
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("directions added")) {
            Evaluation mean = objective.evaluate(views, collective);
            Double floor = mean.floor();
            return new Evaluation(
                            DIRECTIONS * mean.loss(),
                            DIRECTIONS * mean.chance(),
                            floor == null ? null : DIRECTIONS * floor,
                            mean.components(),
                            mean.gradients().stream()
                                    .map(gradient -> gradient.multiply(DIRECTIONS))
                                    .toList(),
                            doubled(mean.memoryGradients()),
                            mean.remembered(),
                            mean.anchors(),
                            mean.skippedAnchors(),
                            mean.maskedCells())
                    .escaped(scope);
        }
    }

    private static Map<String, Tensor> doubled(Map<String, Tensor> gradients) {
        Map<String, Tensor> doubled = new LinkedHashMap<>();
        gradients.forEach((name, gradient) -> doubled.put(name, gradient.multiply(DIRECTIONS)));
        return doubled;
    }

    @Override
    public List<Explained> explained(Views views) {
        return objective.explained(views);
    }

    @Override
    public Needs needs() {
        return objective.needs();
    }

    @Override
    public String reduction() {
        return "sum over two directions of the " + objective.reduction();
    }

    @Override
    public Map<String, String> slots() {
        return RecordSlots.read(this);
    }
}
