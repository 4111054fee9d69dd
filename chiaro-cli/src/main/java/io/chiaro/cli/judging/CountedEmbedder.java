package io.chiaro.cli.judging;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * An embedder that says how far it has come.
 *
 * @param embedder closed with this
 * @param embedded hears how many texts more have vectors
 */
record CountedEmbedder(Embedder embedder, LongConsumer embedded) implements Embedder {

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        float[][] vectors = embedder.embed(texts, role);
        embedded.accept(texts.size());
        return vectors;
    }

    @Override
    public ModelDescription description() {
        return embedder.description();
    }

    @Override
    public void close() {
        embedder.close();
    }
}
