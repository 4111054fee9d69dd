package io.chiaro.cli;

import io.chiaro.cli.opening.CutTexts;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A model that fills an index or is mined by.
 *
 * @param embedder what computes
 * @param name as the user gave it, by which it is found again
 * @param cuts is told what was embedded
 * @param progress is told how many texts were embedded
 */
record CountingEmbedder(Embedder embedder, String name, CutTexts cuts, LongConsumer progress) implements Embedder {

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        float[][] vectors = embedder.embed(texts, role);
        cuts.count(texts, role);
        progress.accept(texts.size());
        return vectors;
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
