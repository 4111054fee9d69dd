package io.chiaro.tensor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An optimiser that also keeps an exponential moving average of the weights it trains, to be judged and kept in their place
 * (Polyak and Juditsky, 1992, for the idea; the exponential form as in Tarvainen and Valpola, 2017, section 2):
 *
 * <pre>
 * a = d a + (1 - d) w        d = min(decay, (1 + t) / (10 + t))        after step t, counted from 1
 * </pre>
 *
 * It starts at the weights before the first step. The smaller d of the first steps keeps a short run from ending close to
 * where it began. The average is part of the optimiser's state, so a resumed run continues it to the bit.
 *
 * <p>Mutable; one thread at a time. Closing it closes the optimiser inside.
 */
public final class WeightAverage implements Optimizer {

    private final ParameterStore store;
    private final Optimizer optimizer;
    private final double decay;
    private final Owner owner = Owner.of("WeightAverage");
    private final Map<Parameter.Kind, Tensor> averages = new LinkedHashMap<>();
    private boolean judging;

    /**
     * The average of a store's weights as they are now.
     *
     * @param optimizer what trains them; it belongs to this one from now on
     * @param decay how much of the average stays in a step, in [0, 1)
     */
    public WeightAverage(ParameterStore store, Optimizer optimizer, double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("WeightAverage: expected a decay in [0, 1), but found " + decay);
        }
        this.store = store;
        this.optimizer = optimizer;
        this.decay = decay;
        try (Scope scope = Scope.open("WeightAverage");
                Grad off = Grad.disabled()) {
            store.blocks()
                    .forEach((kind, block) ->
                            averages.put(kind, owner.keep(block.values().copy())));
        }
    }

    @Override
    public void step(double learningRate) {
        if (judging) {
            throw new IllegalStateException(
                    "WeightAverage.step: the average is in the place of the weights; call " + "toTraining first");
        }
        optimizer.step(learningRate);
        double steps = optimizer.state().steps();
        double stays = Math.min(decay, (1 + steps) / (10 + steps));
        try (Scope scope = Scope.open("WeightAverage.step");
                Grad off = Grad.disabled()) {
            averages.forEach((kind, average) ->
                    average.multiplyInPlace(stays).addInPlace(values(kind).multiply(1 - stays)));
        }
    }

    @Override
    public void toJudging() {
        if (!judging) {
            judging = true;
            exchange();
        }
        optimizer.toJudging();
    }

    @Override
    public void toTraining() {
        optimizer.toTraining();
        if (judging) {
            judging = false;
            exchange();
        }
    }

    private void exchange() {
        try (Scope scope = Scope.open("WeightAverage.exchange");
                Grad off = Grad.disabled()) {
            averages.forEach((kind, average) -> {
                Tensor trained = values(kind).copy();
                values(kind).copyInPlace(average);
                average.copyInPlace(trained);
            });
        }
    }

    private Tensor values(Parameter.Kind kind) {
        ParameterStore.Block block = store.blocks().get(kind);
        if (block == null) {
            throw new IllegalStateException("WeightAverage: no parameters of kind " + kind);
        }
        return block.values();
    }

    @Override
    public State state() {
        State inner = optimizer.state();
        Map<String, Tensor> arrays = new LinkedHashMap<>(inner.arrays());
        averages.forEach((kind, average) -> arrays.put("average." + kind.name().toLowerCase(Locale.ROOT), average));
        return new State(inner.steps(), arrays, inner.restore());
    }

    @Override
    public void close() {
        owner.close();
        optimizer.close();
    }
}
