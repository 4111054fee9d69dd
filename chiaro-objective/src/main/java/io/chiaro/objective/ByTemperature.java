package io.chiaro.objective;

import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import java.util.List;
import java.util.Map;

/**
 * A contrast times {@code temperature / base}: the gradient to the cosines, which grows as a temperature falls, stays as large as at the
 * base (Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, as in the authors' code, whose base is 0.07). A rate that was
 * tuned with the factor is wrong without it.
 *
 * @param baseTemperature above 0
 */
public record ByTemperature(Contrast objective, double baseTemperature) implements Objective {

    public ByTemperature {
        if (!(baseTemperature > 0) || Double.isInfinite(baseTemperature)) {
            throw new IllegalArgumentException(
                    "ByTemperature: the base must be a temperature above 0, but was " + baseTemperature);
        }
        if (!objective.similarity().temperaturePolicy().equals(TemperaturePolicy.FIXED)) {
            throw new IllegalArgumentException(
                    "ByTemperature: the value is multiplied by a temperature that does not change, but its policy is "
                            + RecordSlots.named(objective.similarity().temperaturePolicy()));
        }
    }

    @Override
    public Evaluation evaluate(Views views) {
        return evaluate(views, Collective.alone());
    }

    @Override
    public Evaluation evaluate(Views views, Collective collective) {
        double factor = objective.similarity().temperature() / baseTemperature;
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("by temperature")) {
            return objective.evaluate(views, collective).times(factor).escaped(scope);
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
        return "temperature / base-temperature times the " + objective.reduction();
    }

    @Override
    public Map<String, String> slots() {
        return RecordSlots.read(this);
    }
}
