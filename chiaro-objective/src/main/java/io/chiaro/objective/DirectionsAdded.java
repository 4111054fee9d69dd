package io.chiaro.objective;

import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
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
            return objective.evaluate(views, collective).times(DIRECTIONS).escaped(scope);
        }
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
