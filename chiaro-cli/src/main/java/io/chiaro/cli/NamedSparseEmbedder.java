package io.chiaro.cli;

import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseVector;
import java.util.List;

/**
 * A sparse encoder that weighs the documents of an index.
 *
 * @param embedder what computes; closed with this
 * @param name as the user gave it, by which it is found again
 */
record NamedSparseEmbedder(SparseEmbedder embedder, String name) implements SparseEmbedder {

    @Override
    public List<SparseVector> embed(List<String> texts) {
        return embedder.embed(texts);
    }

    @Override
    public String token(int id) {
        return embedder.token(id);
    }

    @Override
    public ModelDescription description() {
        return embedder.description().withName(name);
    }

    @Override
    public void close() {
        embedder.close();
    }
}
