package io.chiaro.search;

import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseVector;
import io.chiaro.search.vector.SparseField;

/**
 * The sparse encoder that weighed the tokens of an index's documents.
 *
 * @param name as the user gave it when the index was written
 * @param hash SHA-256 of the weights; weights of another model are refused
 * @param vocabulary how many tokens it weighs
 * @param maxTokens at which it cut the texts
 */
public record SparseModel(String name, String hash, int vocabulary, int maxTokens) {

    static SparseModel of(ModelDescription model) {
        return new SparseModel(model.name(), model.hash(), model.dimension(), model.maxTokens());
    }

    /** Refuses a vector that this model should not have made. */
    void check(String what, SparseVector vector) {
        SparseField.check(name, vocabulary, what, vector);
    }

    /** Whether a model is this one. */
    public boolean is(ModelDescription model) {
        return model.hash().equals(hash);
    }
}
