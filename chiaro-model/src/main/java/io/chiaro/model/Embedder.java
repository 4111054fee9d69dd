package io.chiaro.model;

import java.util.List;

/**
 * Turns texts into vectors. All of judging, indexing and serving sees a model only through this interface.
 *
 * <p>Implementations say whether they may be used by several threads; the default is one thread at a time.
 */
public interface Embedder extends AutoCloseable {

    /**
     * The vectors of the texts, in their order.
     *
     * @param texts any number of texts of any length; longer ones are cut at the model's limit
     * @param role which prompt of the model goes before each text
     * @return one vector of {@code description().dimension()} numbers for each text
     */
    float[][] embed(List<String> texts, TextRole role);

    /** What model this is: name, content hash, dimension, limit, pooling, prompts. */
    ModelDescription description();

    @Override
    void close();
}
