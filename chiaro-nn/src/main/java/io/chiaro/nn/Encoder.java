package io.chiaro.nn;

import io.chiaro.tensor.ParameterStore;

/**
 * Turns a chunk of input into vectors, and carries gradients back.
 *
 * @param <C> what a chunk is: packed texts, pictures, a graph
 */
public interface Encoder<C> extends AutoCloseable {

    /** Whether the vector of one item depends on the others beside it. */
    enum Coupling {
        /** It does not: a batch may be cut into chunks without changing anything. */
        SEPARABLE,
        /** It does, through statistics of the batch. */
        BATCH_COUPLED,
        /** It does, through edges between items. */
        TRANSDUCTIVE
    }

    /**
     * Runs the encoder on a chunk, in the scope of the caller. Gradients can be carried back if {@code Grad} is enabled.
     */
    Pass forward(C chunk, Dropout dropout);

    /** What is trained. */
    ParameterStore parameters();

    /** Whether a batch may be cut into chunks. */
    Coupling coupling();

    @Override
    void close();
}
