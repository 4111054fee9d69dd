package io.chiaro.model;

import java.util.List;

/** Computes the vectors of tokens of a late-interaction model. Implementations say whether several threads may use them. */
public interface TokenVectorSource extends AutoCloseable {

    /**
     * The unit vectors of tokens, text by text.
     *
     * @param texts the ids of each, at least one
     */
    List<TokenVectors> vectors(List<int[]> texts);

    /** What model this is. */
    RerankerDescription description();

    /** Releases the model with its tokens, if they are the source's own. */
    @Override
    void close();
}
