package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.WeightAverage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code --set} says of a step, whatever is trained.
 *
 * @param sharpnessRadius how far the weights climb before the gradient is taken; 0 for not at all
 * @param average the decay of an average of the weights that is judged and kept in their place
 */
public record StepSettings(double sharpnessRadius, Optional<Double> average) {

    /** The settings that {@link #parse} reads. */
    public static final List<String> NAMES = List.of("sharpness-radius", "average");

    private static final double LARGEST_RADIUS = 10;

    /** The settings of a run. */
    public static StepSettings parse(Map<String, String> told) {
        return new StepSettings(
                told.containsKey("sharpness-radius") ? number(told, "sharpness-radius", LARGEST_RADIUS) : 0,
                told.containsKey("average") ? Optional.of(number(told, "average", 1)) : Optional.empty());
    }

    /** An optimiser that also keeps the average of what it trains, if one was asked for. */
    public Optimizer averaged(Optimizer optimizer, ParameterStore parameters) {
        return average.<Optimizer>map(decay -> new WeightAverage(parameters, optimizer, decay))
                .orElse(optimizer);
    }

    /** A number above 0 and below another. */
    private static double number(Map<String, String> told, String key, double below) {
        try {
            double value = Double.parseDouble(told.getOrDefault(key, ""));
            if (value > 0 && value < below) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage("set " + key + ": expected a number above 0 and below " + below + ", but found \""
                + told.get(key) + "\". Mend the value.");
    }
}
