package io.chiaro.search;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import java.util.List;

/** Texts that share their first word lie in one cloud. */
record Clouds(String hash, int dimension, Prompts prompts) implements Embedder {
    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        float[][] vectors = new float[texts.size()][dimension];
        for (int i = 0; i < vectors.length; i++) {
            RandomStream cloud = RandomStream.of(1, texts.get(i).split(" ", -1)[0]);
            RandomStream own = RandomStream.of(2, texts.get(i));
            for (int k = 0; k < dimension; k++) {
                vectors[i][k] = (float) (cloud.nextGaussian() + 0.5 * own.nextGaussian());
            }
        }
        return vectors;
    }

    @Override
    public ModelDescription description() {
        return new ModelDescription("clouds", hash, dimension, 100, List.of(), false, prompts);
    }

    @Override
    public void close() {}
}
