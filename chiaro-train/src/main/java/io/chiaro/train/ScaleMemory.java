package io.chiaro.train;

import io.chiaro.objective.Similarity;
import io.chiaro.objective.Views;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The learned logarithm of a similarity's scale. It lies between 0 and log 100, and is brought back into that range before it is
 * read and stepped again.
 *
 * @param number the logarithm
 */
record ScaleMemory(StoredMemory number) implements Memory {

    private static final double MOST = Math.log(100);

    /** One that begins at a scale. */
    static ScaleMemory of(double scale) {
        return new ScaleMemory(StoredMemory.learned(Similarity.LOG_SCALE, 1, 1)
                .startingAs((seed, count) -> new float[] {(float) (Math.log(scale) / FASTER)}));
    }

    @Override
    public String name() {
        return number.name();
    }

    @Override
    public void declare(ParameterStore.Builder builder) {
        number.declare(builder);
    }

    @Override
    public void start(ParameterStore parameters, long seed) {
        number.start(parameters, seed);
    }

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        return within(parameters).multiply(FASTER);
    }

    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {
        parameters.array(PREFIX + name()).copyInPlace(within(parameters));
    }

    private Tensor within(ParameterStore parameters) {
        return parameters.array(PREFIX + name()).atLeast(0).atMost(MOST / FASTER);
    }
}
