package io.chiaro.tensor;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum: {@code b = momentum b + g + decay w; w = w - lr b}. Biases and the scales of
 * normalisations are not decayed.
 */
public final class Sgd implements Optimizer {

    private final ParameterStore store;
    private final double momentum;
    private final double weightDecay;
    private final Owner owner = Owner.of("Sgd");
    private final Map<Parameter.Kind, Tensor> buffers = new LinkedHashMap<>();
    private long steps;

    /** An optimiser of all parameters of a store; its momentum buffers are zero. */
    public Sgd(ParameterStore store, double momentum, double weightDecay) {
        if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0)) {
            throw new IllegalArgumentException(
                    "Sgd: momentum must be in [0, 1) and the weight decay not negative, but were " + momentum + " and "
                            + weightDecay);
        }
        this.store = store;
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        try (Scope scope = Scope.open("Sgd")) {
            store.blocks()
                    .forEach((kind, block) -> buffers.put(
                            kind, owner.keep(Tensor.zeros(block.values().count()))));
        }
    }

    @Override
    public void step(double learningRate) {
        steps++;
        try (Scope scope = Scope.open("Sgd.step");
                Grad off = Grad.disabled()) {
            buffers.forEach((kind, buffer) -> {
                ParameterStore.Block block = store.blocks().get(kind);
                if (block == null) {
                    throw new IllegalStateException("Sgd: no parameters of kind " + kind);
                }
                buffer.multiplyInPlace(momentum).addInPlace(block.gradients());
                if (kind != Parameter.Kind.UNDECAYED && weightDecay > 0) {
                    buffer.addInPlace(block.values().multiply(weightDecay));
                }
                block.values().addInPlace(buffer.multiply(-learningRate));
            });
        }
    }

    @Override
    public State state() {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        buffers.forEach(
                (kind, buffer) -> arrays.put("momentum." + kind.name().toLowerCase(java.util.Locale.ROOT), buffer));
        return new State(steps, arrays, restored -> steps = restored);
    }

    @Override
    public void close() {
        owner.close();
    }
}
