package io.chiaro.tensor;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Layer-wise adaptive rate scaling (You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks", 2017, eq. 6 and
 * algorithm 1), with the momentum of stochastic gradient descent:
 *
 * <pre>
 * q = trust |w| / (|g| + decay |w| + epsilon)            for each array
 * b = momentum b + q (g + decay w)        w = w - lr b
 * </pre>
 *
 * The norms are those of one array as a weight file names it: the three projections of an attention have a ratio each. Biases
 * and the scales of normalisations have q = 1 and no decay. So has, for that step, an array whose weights or gradients are all
 * zero, for which the ratio says nothing.
 *
 * <p>Two forms are in use. That of the paper is also lightly's, with a trust of 0.001. That of solo-learn has a trust of 0.02
 * and never steps further than lr: q is cut to {@code min(q / lr, 1)}. They are different optimisers, {@code lars} and {@code
 * lars-clipped}.
 */
public final class Lars implements Optimizer {

    /**
     * The constants.
     *
     * @param momentum of the steps
     * @param weightDecay added to the gradient, before it is scaled
     * @param trust how far an array may move, as a share of its norm
     * @param epsilon added to the denominator
     * @param clipped whether the ratio is divided by the rate and cut at one
     */
    public record Config(double momentum, double weightDecay, double trust, double epsilon, boolean clipped) {

        public Config {
            if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0) || !(trust > 0) || !(epsilon >= 0)) {
                throw new IllegalArgumentException(
                        "Lars: expected a momentum in [0, 1), a positive trust, and a weight "
                                + "decay and epsilon not negative, but found " + momentum + ", " + trust + ", "
                                + weightDecay
                                + " and " + epsilon);
            }
        }

        /** The paper's form: momentum 0.9, trust 0.001. */
        public static Config defaults(double weightDecay) {
            return new Config(0.9, weightDecay, 0.001, 1e-8, false);
        }

        /** The form that never steps further than the rate: momentum 0.9, trust 0.02. */
        public static Config clipped(double weightDecay) {
            return new Config(0.9, weightDecay, 0.02, 1e-8, true);
        }
    }

    private final ParameterStore store;
    private final Config config;
    private final Owner owner = Owner.of("Lars");
    private final Map<Parameter, Tensor> buffers = new LinkedHashMap<>();
    private long steps;

    /** An optimiser of all parameters of a store; its momentum buffers are zero. */
    public Lars(ParameterStore store, Config config) {
        this.store = store;
        this.config = config;
        try (Scope scope = Scope.open("Lars")) {
            for (Parameter parameter : store.parameters()) {
                buffers.put(parameter, owner.keep(Tensor.zeros(parameter.value().shape())));
            }
        }
    }

    @Override
    public void step(double learningRate) {
        steps++;
        buffers.forEach((parameter, buffer) -> {
            try (Scope scope = Scope.open("Lars.step");
                    Grad off = Grad.disabled()) {
                step(parameter, buffer, learningRate);
            }
        });
    }

    private void step(Parameter parameter, Tensor buffer, double learningRate) {
        Tensor weights = parameter.value().detach();
        Tensor gradients = store.gradientOf(parameter);
        buffer.multiplyInPlace(config.momentum());
        if (parameter.kind() == Parameter.Kind.UNDECAYED) {
            buffer.addInPlace(gradients);
        } else {
            int arrays = parameter.name().split("\\+", -1).length;
            long rows = weights.size(0) / arrays;
            for (int i = 0; i < arrays; i++) {
                Tensor of = weights.narrow(0, i * rows, rows);
                Tensor gradient = gradients.narrow(0, i * rows, rows);
                buffer.narrow(0, i * rows, rows).addInPlace(scaled(of, gradient, learningRate));
            }
        }
        weights.addInPlace(buffer.multiply(-learningRate));
    }

    private Tensor scaled(Tensor weights, Tensor gradient, double learningRate) {
        double length = weights.norm().item();
        double slope = gradient.norm().item();
        if (length == 0 || slope == 0) {
            return gradient;
        }
        double ratio = config.trust() * length / (slope + config.weightDecay() * length + config.epsilon());
        if (config.clipped()) {
            // A rate of zero, at the foot of a warm-up, makes no step whatever the ratio is.
            ratio = learningRate == 0 ? 1 : Math.min(ratio / learningRate, 1);
        }
        return gradient.add(weights.multiply(config.weightDecay())).multiply(ratio);
    }

    @Override
    public State state() {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        buffers.forEach((parameter, buffer) -> arrays.put("momentum." + parameter.name(), buffer));
        return new State(steps, arrays, restored -> steps = restored);
    }

    @Override
    public void close() {
        owner.close();
    }
}
