package io.chiaro.nn;

import io.chiaro.tensor.Tensor;

/** One run of an encoder on a chunk, from which gradients can be carried back once. */
public interface Pass {

    /** What came out: one row an item, [items, dimension], in the order of the chunk. */
    Tensor output();

    /** Adds to the parameters' gradients those of {@code sum(output * gradient)}. */
    void backward(Tensor gradient);
}
