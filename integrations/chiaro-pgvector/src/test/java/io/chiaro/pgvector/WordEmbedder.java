package io.chiaro.pgvector;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Pooling;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import java.util.List;

/** Embeds a text as the sum of random vectors of its words: texts with common words are near. */
record WordEmbedder(String hash, int dimension, Prompts prompts) implements Embedder {

    static WordEmbedder of(int dimension) {
        return new WordEmbedder("0123456789abcdef", dimension, new Prompts("", "asked: ", "it's \"told\"\n"));
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        return texts.stream().map(text -> sum(prompts.of(role) + text)).toArray(float[][]::new);
    }

    private float[] sum(String text) {
        float[] sum = new float[dimension];
        for (String word : text.split("\\W+", -1)) {
            RandomStream random = RandomStream.of(1, word);
            for (int i = 0; i < dimension; i++) {
                sum[i] += (float) random.nextGaussian();
            }
        }
        return sum;
    }

    @Override
    public ModelDescription description() {
        return new ModelDescription("words", hash, dimension, 512, List.of(Pooling.MEAN), false, prompts);
    }

    @Override
    public void close() {}
}
