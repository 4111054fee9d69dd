package io.chiaro.search.vector;

/** How an index finds the nearest vectors. */
public enum SearchEngine {

    /** Every vector is compared; nothing is missed. */
    EXACT,

    /** Every vector is compared in its short form ({@link Quantisation}), and the best are compared in full. */
    CODES,

    /**
     * A graph is walked, which finds nearly all of the nearest (Malkov and Yashunin, "Efficient and robust approximate
     * nearest neighbor search using HNSW graphs", 2020).
     */
    HNSW
}
