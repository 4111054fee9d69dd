package io.chiaro.train;

import io.chiaro.objective.Views;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** One of the {@link Memories} of a run: what it begins as, what a batch sees of it, and what a batch leaves in it. */
interface Memory {

    /** Before the names of the arrays of all memories. */
    String PREFIX = "head.memory.";

    /** How many times as fast as the encoder learned vectors learn: they are kept so many times smaller than they are read. */
    int FASTER = 100;

    /** By which an objective asks for it. */
    String name();

    /** Declares its arrays. */
    void declare(ParameterStore.Builder builder);

    /** Sets them to what they are before the first step. */
    void start(ParameterStore parameters, long seed);

    /**
     * What a batch sees of it.
     *
     * @param address where the step's random numbers stand
     */
    Tensor read(ParameterStore parameters, Views views, long address);

    /**
     * Keeps what a batch leaves.
     *
     * @param views with the memories as the batch saw them
     * @param left what the objective says that it becomes, or null if it says nothing
     */
    void remember(ParameterStore parameters, Views views, @Nullable Tensor left);

    /** Goes on to the next step, once the optimiser has taken this one. */
    default void stepped(ParameterStore parameters) {}
}
