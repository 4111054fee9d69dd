package io.chiaro.search.vector;

import java.util.Locale;

/**
 * A short form of each vector, in which the candidates are found that are then compared in full: fewer bytes are read for a
 * search, and the scores are exact. What the short form hides is missed, so that the recall is measured when an index is
 * written. The full vectors stay in the index.
 */
public enum Quantisation {

    /** Vectors are compared as they are. */
    NONE {
        @Override
        int candidates(int k) {
            return k;
        }
    },

    /** A byte a number, between quantiles of all numbers, as Lucene has it; graphs are built over the bytes, too. */
    INT8 {
        @Override
        int candidates(int k) {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(100L, 4L * k));
        }
    },

    /**
     * A bit a number: its sign. The query keeps its numbers, so that it is compared with the corners of a cube and not one
     * corner with another. Never has a graph: the bits of a million vectors of 384 numbers are 48 MB.
     */
    BINARY {
        @Override
        int candidates(int k) {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(500L, 20L * k));
        }
    },

    /**
     * A byte for each eight numbers, but at least 32: the nearest of 256 centroids of that part of all vectors. They are those of
     * {@link SearchEngine#JVECTOR} and nothing else has them.
     */
    PRODUCT {
        @Override
        int candidates(int k) {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(200L, 8L * k));
        }
    };

    /** How many documents are compared in full for k hits. */
    abstract int candidates(int k);

    /** Its name on the command line and in files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
