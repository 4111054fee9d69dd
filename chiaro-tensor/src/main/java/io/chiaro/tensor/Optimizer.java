package io.chiaro.tensor;

import java.util.Map;

/**
 * Changes parameters by their gradients. Its state can be named, saved and restored, so that a run continues exactly.
 *
 * <p>Mutable; one thread at a time.
 */
public interface Optimizer extends AutoCloseable {

    /** One step with the given learning rate, from the gradients that have accumulated; they are left as they are. */
    void step(double learningRate);

    /** How many steps have been made, and the state arrays by name; live memory, to be read or overwritten. */
    State state();

    /**
     * Puts the weights that are judged and kept into the place of those that are trained, for an optimiser to which these are
     * not the same. {@link #toTraining} takes them back, to the bit; in between there is no step.
     */
    default void toJudging() {}

    /** Undoes {@link #toJudging}. */
    default void toTraining() {}

    @Override
    void close();

    /**
     * The state of an optimiser.
     *
     * @param steps steps made so far
     * @param arrays state arrays by name
     * @param restore sets the number of steps after the arrays were overwritten
     */
    record State(long steps, Map<String, Tensor> arrays, java.util.function.LongConsumer restore) {}
}
