package io.chiaro.nn;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A multilayer perceptron on rows, trained beside an encoder and left out of the model that is written. It sees all rows of a view at
 * once, or of all views, and never a chunk, so that its batch norm means the batch whatever the chunks of the encoder are.
 *
 * <pre>
 * x = activation(norm(x W^T + b)) behind each layer; behind the last what its shape says, then x_k decay^k
 * norm BATCH: (x - mean) / sqrt(var + 1e-5) * scale + shift, mean and biased variance over rows
 * norm LAYER: the same over the numbers of a row;   WHITENING: see {@link Whitening}
 * </pre>
 *
 * <p>Parts of a head stand side by side: each sees the whole row that comes in, and their outputs are concatenated.
 *
 * <p>Keeps no numbers of its own; used by the thread that trains.
 */
public final class Head {

    private static final double EPSILON = 1e-5;

    private final ParameterStore parameters;
    private final String prefix;
    private final HeadShape shape;

    /** A head whose arrays were declared under this prefix. */
    public Head(ParameterStore parameters, String prefix, HeadShape shape) {
        this.parameters = parameters;
        this.prefix = prefix;
        this.shape = shape;
    }

    /**
     * Declares the arrays of a head.
     *
     * @param prefix of their names, ending in a dot
     * @param input the width of a row that comes in
     */
    public static void declare(ParameterStore.Builder builder, String prefix, HeadShape shape, int input) {
        for (int part = 0; part < shape.parts(); part++) {
            declarePart(builder, partPrefix(prefix, shape, part), shape, input);
        }
    }

    private static void declarePart(ParameterStore.Builder builder, String prefix, HeadShape shape, int input) {
        int before = input;
        for (int layer = 0; layer < shape.widths().size(); layer++) {
            int width = shape.widths().get(layer);
            builder.add(weight(prefix, layer), Parameter.Kind.WEIGHT, width, before);
            if (normed(shape, layer)) {
                if (scaled(shape, layer)) {
                    builder.add(scale(prefix, layer), Parameter.Kind.UNDECAYED, width)
                            .add(shift(prefix, layer), Parameter.Kind.UNDECAYED, width);
                }
            } else if (shape.bias()) {
                builder.add(bias(prefix, layer), Parameter.Kind.UNDECAYED, width);
            }
            before = width;
        }
    }

    /** Draws the numbers before the first step: weights and biases uniform within one over the root of the width that comes in. */
    public void start(long seed) {
        for (int part = 0; part < shape.parts(); part++) {
            start(seed, partPrefix(prefix, shape, part));
        }
    }

    private void start(long seed, String prefix) {
        for (int layer = 0; layer < shape.widths().size(); layer++) {
            Tensor weight = parameters.array(weight(prefix, layer));
            double bound = 1 / Math.sqrt(weight.size(1));
            weight.put(uniform(seed, weight(prefix, layer), weight.count(), bound));
            if (!normed(shape, layer)) {
                if (shape.bias()) {
                    Tensor bias = parameters.array(bias(prefix, layer));
                    bias.put(uniform(seed, bias(prefix, layer), bias.count(), bound));
                }
            } else if (scaled(shape, layer)) {
                float[] ones = new float[shape.widths().get(layer)];
                Arrays.fill(ones, 1f);
                parameters.array(scale(prefix, layer)).put(ones);
                parameters.array(shift(prefix, layer)).put(new float[ones.length]);
            }
        }
    }

    private static float[] uniform(long seed, String name, long count, double bound) {
        RandomStream random = RandomStream.of(seed, "initialize " + name);
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    /**
     * What the head makes of rows.
     *
     * @param rows [n, input]
     * @return [n, width]
     */
    public Tensor forward(Tensor rows) {
        List<Tensor> made = new ArrayList<>();
        for (int part = 0; part < shape.parts(); part++) {
            made.add(forward(rows, partPrefix(prefix, shape, part)));
        }
        return made.size() == 1 ? made.get(0) : Tensor.concatenate(made, 1);
    }

    private Tensor forward(Tensor rows, String prefix) {
        Tensor states = rows;
        for (int layer = 0; layer < shape.widths().size(); layer++) {
            Tensor weight = value(weight(prefix, layer));
            if (normed(shape, layer)) {
                states = norm(states.linear(weight), prefix, layer);
            } else {
                states = shape.bias() ? states.linear(weight, value(bias(prefix, layer))) : states.linear(weight);
            }
            states = activated(states, isLast(shape, layer) ? shape.last().activation() : shape.activation());
        }
        return weighted(states);
    }

    private static Tensor activated(Tensor states, HeadShape.Activation activation) {
        return switch (activation) {
            case NONE -> states;
            case RELU -> states.relu();
            case GELU -> states.gelu();
        };
    }

    private Tensor weighted(Tensor states) {
        double decay = shape.last().decay();
        if (decay == 1) {
            return states;
        }
        float[] weights = new float[Math.toIntExact(states.size(1))];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = (float) Math.pow(decay, k);
        }
        return states.multiply(Tensor.of(weights, 1, weights.length).to(states.type()));
    }

    /** Its matrix [width, input], if it is one linear layer and nothing beside it; else nothing. */
    public Optional<Tensor> matrix() {
        return shape.isMatrix() ? Optional.of(value(weight(prefix, 0))) : Optional.empty();
    }

    private Tensor norm(Tensor states, String prefix, int layer) {
        if (isWhitened(layer)) {
            return Whitening.of(states);
        }
        int dimension = shape.norm() == HeadShape.Norm.BATCH ? 0 : 1;
        Tensor centred = states.subtract(states.mean(dimension, true));
        Tensor variance = centred.square().mean(dimension, true);
        Tensor normed = centred.divide(variance.add(EPSILON).sqrt());
        return scaled(shape, layer)
                ? normed.multiply(value(scale(prefix, layer))).add(value(shift(prefix, layer)))
                : normed;
    }

    private Tensor value(String name) {
        return parameters.parameter(name).value();
    }

    private static boolean isLast(HeadShape shape, int layer) {
        return layer == shape.widths().size() - 1;
    }

    private static boolean normed(HeadShape shape, int layer) {
        if (!isLast(shape, layer)) {
            return shape.norm() != HeadShape.Norm.NONE;
        }
        return switch (shape.last().norm()) {
            case NONE -> false;
            case SAME -> shape.norm() != HeadShape.Norm.NONE;
            case WHITENING -> true;
        };
    }

    private boolean isWhitened(int layer) {
        return isLast(shape, layer) && shape.last().norm() == HeadShape.LastNorm.WHITENING;
    }

    /** Whether a norm has a scale and shift, which would undo that all directions are alike. */
    private static boolean scaled(HeadShape shape, int layer) {
        return !isLast(shape, layer) || shape.last().scale() && shape.last().norm() != HeadShape.LastNorm.WHITENING;
    }

    /** A head of one part keeps the names that it had before there were several. */
    private static String partPrefix(String prefix, HeadShape shape, int part) {
        return shape.parts() == 1 ? prefix : prefix + "part" + part + ".";
    }

    private static String weight(String prefix, int layer) {
        return prefix + layer + ".weight";
    }

    private static String bias(String prefix, int layer) {
        return prefix + layer + ".bias";
    }

    private static String scale(String prefix, int layer) {
        return prefix + layer + ".norm.weight";
    }

    private static String shift(String prefix, int layer) {
        return prefix + layer + ".norm.bias";
    }
}
