package io.chiaro.model;

import java.util.List;

/**
 * Texts to vectors over a vocabulary, one number for each token of it, most of them zero: learned sparse retrieval. Texts are compared by
 * the product of their vectors.
 *
 * <p>Implementations say whether they may be used by several threads; the default is one thread at a time.
 */
public interface SparseEmbedder extends AutoCloseable {

    /** The vectors of texts, in their order; a text that is too long loses its end. */
    List<SparseVector> embed(List<String> texts);

    /** The token that a number stands for. */
    String token(int id);

    /** What model this is; its dimension is the size of the vocabulary. */
    ModelDescription description();

    @Override
    void close();
}
