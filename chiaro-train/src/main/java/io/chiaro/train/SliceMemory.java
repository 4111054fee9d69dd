package io.chiaro.train;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.Views;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Random directions of length one, drawn for each step: nothing of them is kept.
 *
 * @param count of the directions
 * @param width of each
 */
record SliceMemory(int count, int width) implements Memory {

    static final String NAME = "slices";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void declare(ParameterStore.Builder builder) {}

    @Override
    public void start(ParameterStore parameters, long seed) {}

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        RandomStream random = RandomStream.of(address, NAME);
        float[] values = new float[count * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, count, width).normalize(1);
    }

    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {}
}
