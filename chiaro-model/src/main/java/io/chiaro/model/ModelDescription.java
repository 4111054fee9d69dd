package io.chiaro.model;

import java.util.List;

/**
 * What a reader of a result or an index must know about the model behind it.
 *
 * @param name the name or directory that the user gave
 * @param hash SHA-256 of the weights, in hexadecimal; an index refuses vectors of another hash
 * @param dimension length of a vector
 * @param maxTokens longest input in tokens, special tokens included
 * @param poolings how token states become one vector; several are concatenated in this order
 * @param normalized whether vectors have length one
 * @param prompts texts put before the input, by role
 */
public record ModelDescription(
        String name,
        String hash,
        int dimension,
        int maxTokens,
        List<Pooling> poolings,
        boolean normalized,
        Prompts prompts) {

    public ModelDescription {
        poolings = List.copyOf(poolings);
    }

    /** The same under another name. */
    public ModelDescription withName(String other) {
        return new ModelDescription(other, hash, dimension, maxTokens, poolings, normalized, prompts);
    }

    /** The same of other vectors, as of weights that are stored more coarsely. */
    public ModelDescription withHash(String other) {
        return new ModelDescription(name, other, dimension, maxTokens, poolings, normalized, prompts);
    }
}
