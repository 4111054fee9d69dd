package io.chiaro.train;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast a loss rises around the weights w of a model, for steps of one length rho (Foret et al., "Sharpness-aware
 * minimization for efficiently improving generalization", ICLR 2021, section 2):
 *
 * <pre>  along the gradient g:   L(w + rho g / |g|) - L(w), to first order the most that a step of that length can do
 *  along random directions: mean of L(w + rho u) - L(w), u of length one</pre>
 *
 * <p>A random direction moves the numbers whose gradient is not exactly zero, so that the rows of a table that the batch
 * does not use have no part in its length.
 *
 * @param radius rho
 * @param loss L(w)
 * @param gradientNorm |g|
 * @param alongGradient rise along the gradient
 * @param alongRandom mean rise along random directions
 * @param directions how many random directions
 */
public record Sharpness(
        double radius, double loss, double gradientNorm, double alongGradient, double alongRandom, int directions) {

    /**
     * Measures on one batch without dropout or with the same, and leaves the weights as they were, to the bit; gradients
     * are zero afterwards. What an objective remembers of batches takes part: measure those that remember nothing.
     *
     * @param radius greater than 0
     * @param directions at least 1
     * @param seed of the random directions
     */
    public static <C> Sharpness measure(
            Learning<C> learning, Batch<C> batch, double radius, int directions, long seed) {
        if (!(radius > 0) || directions < 1) {
            throw new IllegalArgumentException(
                    "Sharpness.measure: expected a radius above 0 and a direction, but found " + radius + " and "
                            + directions);
        }
        ParameterStore store = learning.parameters();
        List<Parameter> parameters = store.parameters().stream()
                .filter(parameter -> parameter.kind() != Parameter.Kind.STATE)
                .toList();
        long address = RandomStream.address(seed, "sharpness");
        store.zeroGradients();
        double loss = learning.accumulate(batch, address).loss();
        double norm = store.gradientNorm();
        List<float[]> weights = new ArrayList<>();
        List<float[]> gradients = new ArrayList<>();
        try (Scope scope = Scope.open("sharpness")) {
            for (Parameter parameter : parameters) {
                weights.add(parameter.value().toFloats());
                Tensor gradient = parameter.value().gradient();
                gradients.add(
                        gradient == null ? new float[weights.get(weights.size() - 1).length] : gradient.toFloats());
            }
        }
        double along = norm == 0 ? 0 : risen(learning, batch, address, parameters, weights, gradients, radius / norm);
        double random = 0;
        for (int d = 0; d < directions; d++) {
            List<float[]> direction = new ArrayList<>();
            double squares = 0;
            for (int p = 0; p < parameters.size(); p++) {
                RandomStream stream = RandomStream.of(seed, "sharpness-direction", d, p);
                float[] gradient = gradients.get(p);
                float[] own = new float[gradient.length];
                for (int i = 0; i < own.length; i++) {
                    if (gradient[i] != 0) {
                        own[i] = (float) stream.nextGaussian();
                        squares += (double) own[i] * own[i];
                    }
                }
                direction.add(own);
            }
            if (squares > 0) {
                double factor = radius / Math.sqrt(squares);
                random += (risen(learning, batch, address, parameters, weights, direction, factor) - loss) / directions;
            }
        }
        store.zeroGradients();
        return new Sharpness(radius, loss, norm, norm == 0 ? 0 : along - loss, random, directions);
    }

    /** The loss at the weights plus a direction times a factor; the weights are put back, whatever happens. */
    private static <C> double risen(
            Learning<C> learning,
            Batch<C> batch,
            long address,
            List<Parameter> parameters,
            List<float[]> weights,
            List<float[]> direction,
            double factor) {
        try {
            for (int p = 0; p < parameters.size(); p++) {
                float[] moved = weights.get(p).clone();
                float[] by = direction.get(p);
                for (int i = 0; i < moved.length; i++) {
                    moved[i] += (float) (factor * by[i]);
                }
                parameters.get(p).value().put(moved);
            }
            return learning.accumulate(batch, address).loss();
        } finally {
            for (int p = 0; p < parameters.size(); p++) {
                parameters.get(p).value().put(weights.get(p));
            }
        }
    }
}
