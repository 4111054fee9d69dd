package io.chiaro.vision;

import io.chiaro.core.RandomStream;
import io.chiaro.nn.LowRankUpdate;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/** A 3 x 3 convolution without bias, then group normalisation: an item does not depend on those beside it. */
final class NormalizedConv {

    private static final int SIDE = 3;
    private static final String WEIGHT = "conv.weight";

    private final int stride;
    private final int padding;
    private final int groups;
    private final double epsilon;
    private final Tensor weight;
    private final Optional<LowRankUpdate> update;
    private final Tensor scale;
    private final Tensor shift;

    NormalizedConv(ParameterStore parameters, String prefix, int stride, int padding, int groups, double epsilon) {
        this.stride = stride;
        this.padding = padding;
        this.groups = groups;
        this.epsilon = epsilon;
        this.weight = parameters.parameter(prefix + WEIGHT).value();
        this.update = LowRankUpdate.of(parameters, prefix + WEIGHT);
        this.scale = parameters.parameter(prefix + "norm.weight").value();
        this.shift = parameters.parameter(prefix + "norm.bias").value();
    }

    static void declare(ParameterStore.Builder builder, String prefix, int in, int out) {
        builder.add(prefix + WEIGHT, Parameter.Kind.WEIGHT, out, in, SIDE, SIDE)
                .add(prefix + "norm.weight", Parameter.Kind.UNDECAYED, out)
                .add(prefix + "norm.bias", Parameter.Kind.UNDECAYED, out);
    }

    /**
     * The weight of a convolution, as the matrix [out, in * 9] of a product with patches.
     *
     * @param prefix of the layer's arrays
     */
    record Weight(String prefix, int in, int out) {

        /** The least side of the matrix. */
        int mostRank() {
            return Math.min(out, in * SIDE * SIDE);
        }

        void declareUpdate(ParameterStore.Builder builder, int rank) {
            LowRankUpdate.declare(builder, prefix + WEIGHT, out, (long) in * SIDE * SIDE, rank);
        }
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
        } else if (name.endsWith(WEIGHT)) {
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
        Tensor kernel = update.map(found -> found.addedTo(weight)).orElse(weight);
        return x.conv2d(kernel, stride, padding).groupNorm(groups, scale, shift, epsilon);
    }
}
