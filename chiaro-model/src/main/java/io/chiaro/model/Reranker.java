package io.chiaro.model;

import java.util.List;

/**
 * Says how well texts answer a query, seeing both at once. A cross-encoder looks like this. It is too slow for a whole collection,
 * and puts those texts in order that something faster has found.
 *
 * <p>Implementations say whether they may be used by several threads; the default is one thread at a time.
 */
public interface Reranker extends AutoCloseable {

    /**
     * A score for each text, in their order; higher is better. Scores have no bounds; what is above 0 a sigmoid makes more than
     * one half.
     *
     * @param texts any number; what does not fit beside the query is cut
     */
    float[] score(String query, List<String> texts);

    /** What model this is. */
    RerankerDescription description();

    @Override
    void close();
}
