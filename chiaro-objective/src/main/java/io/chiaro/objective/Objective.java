package io.chiaro.objective;

import java.util.Map;

/**
 * What training makes small: a function from the embeddings of a batch to a value and its exact gradient for each
 * embedding. No graph is recorded over scores, so that the same function serves the plain step, cached gradients, tiles
 * and shards.
 *
 * <p>Objectives are immutable; {@link #evaluate} runs on the thread that owns the tensors.
 */
public interface Objective {

    /**
     * The value and gradients on a batch. The gradients belong to the scope that is open at the call; all else that is
     * made on the way is released.
     *
     * @throws io.chiaro.core.ChiaroException if the batch lacks what {@link #needs} names
     */
    Evaluation evaluate(Views views);

    /** What a batch must hold. */
    Needs needs();

    /** Over what the value is a mean or a sum, for people to read. */
    String reduction();

    /** How the slots are filled, in the order of the equation, for people to read. */
    Map<String, String> slots();
}
