package io.chiaro.train;

import io.chiaro.tensor.Tensor;
import java.util.Map;

/**
 * Looks on while a run learns from embeddings. It changes nothing of the step that it sees; what it keeps for later steps belongs into the
 * run's parameters, so that checkpoints hold it.
 *
 * <p>Used by the thread that trains.
 *
 * @param <C> what a chunk is
 */
public interface BatchObserver<C> {

    /**
     * Sees a batch that is learned from, once.
     *
     * @param embeddings what the encoder made of each column, [B, d], before any head, without a graph
     * @return figures for the step's events, by name
     */
    Map<String, Double> saw(Batch<C> batch, Map<Integer, Tensor> embeddings);

    /** Told after each step of the optimiser. */
    void stepped();
}
