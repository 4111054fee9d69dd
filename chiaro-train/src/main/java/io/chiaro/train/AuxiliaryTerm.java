package io.chiaro.train;

import io.chiaro.tensor.Tensor;
import java.util.Map;

/**
 * A term of a step's value that is no contrast of embeddings: it has parameters of its own, a decoder's or a discriminator's, and
 * reads the embeddings of a batch with the batch itself. Its parameters stand beside the encoder's under a name that begins with
 * {@code head.}, so that checkpoints hold them and the model does not.
 *
 * <p>Used by the thread that trains.
 *
 * @param <C> what a chunk is
 */
public interface AuxiliaryTerm<C> {

    /** What events call its value. */
    String name();

    /**
     * Adds the gradients of the term to its own parameters, chunk by chunk of the batch.
     *
     * @param embeddings what the encoder makes of each column, [B, d], before any head, without a graph
     * @param address where the step's random numbers stand; the same address gives the same gradients
     */
    Found accumulate(Batch<C> batch, Map<Integer, Tensor> embeddings, long address);

    /**
     * What a term finds of a batch.
     *
     * @param value of the term, before its weight
     * @param weight how much it counts in the value of the step
     * @param chance the value, before its weight, of parameters that know nothing
     * @param gradients of the weighted value to the embeddings of each column, [B, d]; owned by the caller's scope
     */
    record Found(double value, double weight, double chance, Map<Integer, Tensor> gradients) {}
}
