package io.chiaro.train;

import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Map;

/**
 * What a step learns from a batch.
 *
 * @param <C> what a chunk is
 */
public interface Learning<C> {

    /**
     * Adds the gradients of the batch to the parameters.
     *
     * @param address where the step's random numbers stand; the same address gives the same gradients
     */
    StepOutcome accumulate(Batch<C> batch, long address);

    /** The same, and nothing is remembered of the batch: a step that will not be made, or the first of two looks at it. */
    default StepOutcome rehearse(Batch<C> batch, long address) {
        return accumulate(batch, address);
    }

    /** Told after each step of the optimiser, so that what follows the parameters moves once a step. */
    default void stepped() {}

    /** What is trained. */
    ParameterStore parameters();

    /** All arrays that a checkpoint must hold, by name: what is trained, and what follows it. */
    default Map<String, Tensor> state() {
        return parameters().named();
    }
}
