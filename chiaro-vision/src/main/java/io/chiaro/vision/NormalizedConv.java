package io.chiaro.vision;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;

/** A 3 x 3 convolution without bias, then group normalisation: an item does not depend on those beside it. */
final class NormalizedConv {

    private static final int SIDE = 3;

    private final int stride;
    private final int groups;
    private final double epsilon;
    private final Tensor weight;
    private final Tensor scale;
    private final Tensor shift;

    NormalizedConv(ParameterStore parameters, String prefix, int stride, int groups, double epsilon) {
        this.stride = stride;
        this.groups = groups;
        this.epsilon = epsilon;
        this.weight = parameters.parameter(prefix + "conv.weight").value();
        this.scale = parameters.parameter(prefix + "norm.weight").value();
        this.shift = parameters.parameter(prefix + "norm.bias").value();
    }

    static void declare(ParameterStore.Builder builder, String prefix, int in, int out) {
        builder.add(prefix + "conv.weight", Parameter.Kind.WEIGHT, out, in, SIDE, SIDE)
                .add(prefix + "norm.weight", Parameter.Kind.UNDECAYED, out)
                .add(prefix + "norm.bias", Parameter.Kind.UNDECAYED, out);
    }

    /**
     * Weights normal with variance 2 / (in * 9), which keeps the size of rectified numbers from layer to layer (He et al.,
     * 2015, eq. 10); scales one, shifts zero. Each array has a stream of its own.
     */
    static void initialize(ParameterStore parameters, String name, long seed) {
        Tensor array = parameters.array(name);
        float[] values = new float[Math.toIntExact(array.count())];
        if (name.endsWith("norm.weight")) {
            Arrays.fill(values, 1f);
        } else if (name.endsWith("conv.weight")) {
            double deviation = Math.sqrt(2.0 / (array.size(1) * SIDE * SIDE));
            RandomStream random = RandomStream.of(seed, "initialize " + name);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
        }
        array.put(values);
    }

    /** [n, in, height, width] to [n, out, height', width']. */
    Tensor forward(Tensor x) {
        return x.conv2d(weight, stride, SIDE / 2).groupNorm(groups, scale, shift, epsilon);
    }
}
