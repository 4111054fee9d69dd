package io.chiaro.search;

/**
 * How much each side counts in hybrid search.
 *
 * @param words of the ranking by words
 * @param vectors of that by vectors
 * @param sparse of that by sparse vectors; all three are at least 0 and sum to one
 */
public record HybridShares(double words, double vectors, double sparse) {

    public HybridShares {
        if (!(words >= 0 && vectors >= 0 && sparse >= 0) || Math.abs(words + vectors + sparse - 1) > 1e-9) {
            throw new IllegalArgumentException("HybridShares: expected shares of at least 0 that sum to one, but found "
                    + words + ", " + vectors + " and " + sparse);
        }
    }

    /**
     * Words and vectors alone.
     *
     * @param vectorWeight of the vectors, from 0 to 1; the words have the rest
     */
    public static HybridShares of(double vectorWeight) {
        return of(vectorWeight, 0);
    }

    /**
     * All three.
     *
     * @param vectorWeight of the vectors in what the sparse vectors leave, from 0 to 1; the words have the rest
     * @param sparseWeight of the sparse vectors, from 0 to 1
     */
    public static HybridShares of(double vectorWeight, double sparseWeight) {
        return new HybridShares(
                (1 - sparseWeight) * (1 - vectorWeight), (1 - sparseWeight) * vectorWeight, sparseWeight);
    }
}
