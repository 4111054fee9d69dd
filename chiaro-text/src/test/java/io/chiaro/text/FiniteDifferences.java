package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/** Compares the gradients of a step with the slope of its loss. */
final class FiniteDifferences {

    private static final double STEP = 4e-3;

    private FiniteDifferences() {}

    /**
     * Tries the numbers of largest gradient of every parameter, since those of small gradient drown in rounding.
     *
     * @param step accumulates gradients and gives the loss, the same one at each call
     * @param each numbers of a parameter that are tried
     */
    static void check(ParameterStore store, DoubleSupplier step, int each) {
        check(store, step, each, name -> true);
    }

    /** The same for the parameters of some names, where the value reads others that it holds fixed. */
    static void check(ParameterStore store, DoubleSupplier step, int each, Predicate<String> which) {
        store.zeroGradients();
        assertThat(step.getAsDouble()).isFinite();
        Map<String, float[]> gradients = CachedGradientTest.gradients(store);
        int tried = 0;
        for (Parameter parameter : store.parameters()) {
            if (!which.test(parameter.name())) {
                continue;
            }
            float[] gradient = Objects.requireNonNull(gradients.get(parameter.name()));
            boolean[] seen = new boolean[gradient.length];
            for (int n = 0; n < Math.min(each, gradient.length); n++) {
                int at = 0;
                for (int i = 0; i < gradient.length; i++) {
                    if (!seen[i] && (seen[at] || Math.abs(gradient[i]) > Math.abs(gradient[at]))) {
                        at = i;
                    }
                }
                seen[at] = true;
                double slope = slope(parameter, at, step);
                assertThat(Math.abs(gradient[at] - slope))
                        .as("%s[%d]: gradient %g, slope %g", parameter.name(), at, gradient[at], slope)
                        .isLessThan(2e-3 + 0.02 * Math.abs(slope));
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(30);
    }

    private static double slope(Parameter parameter, int index, DoubleSupplier step) {
        float[] before = new float[1];
        put(parameter, index, before, true);
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
            put(parameter, index, new float[] {(float) (before[0] + (side == 0 ? -STEP : STEP))}, false);
            losses[side] = step.getAsDouble();
        }
        put(parameter, index, before, false);
        return (losses[1] - losses[0]) / (2 * STEP);
    }

    private static void put(Parameter parameter, int index, float[] value, boolean read) {
        try (Scope scope = Scope.open("number");
                Grad off = Grad.disabled()) {
            Tensor values = parameter.value().detach();
            if (read) {
                values.get(index, value, 0, 1);
            } else {
                values.put(index, value, 0, 1);
            }
        }
    }
}
