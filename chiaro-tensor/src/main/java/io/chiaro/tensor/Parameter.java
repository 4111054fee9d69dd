package io.chiaro.tensor;

/**
 * A trained array: a leaf of the gradient graph that is a window on its store's flat buffer.
 *
 * @param name its name in a weight file
 * @param value the leaf; its gradient accumulates into the store's flat gradient buffer
 * @param kind how the optimiser treats it
 */
public record Parameter(String name, Tensor value, Kind kind) {

    /** How the optimiser treats a parameter. */
    public enum Kind {
        /** A matrix: decayed. */
        WEIGHT,
        /** A bias or the scale of a normalisation: not decayed. */
        UNDECAYED,
        /**
         * A table whose rows are looked up by id: decayed, and the rows that occurred are known, so that an optimiser may
         * touch only these.
         */
        TABLE,
        /**
         * A part of the model that stands still while something beside it learns: used like a trained one, joined with its
         * siblings, but without gradient and without state of an optimiser.
         */
        FROZEN,
        /** Kept and saved with the others but not trained: it has no gradient. */
        STATE
    }
}
