package io.chiaro.eval;

import io.chiaro.core.Hashes;
import io.chiaro.core.RandomStream;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The floor below which no embedding should fall: each text gets a vector of independent normal numbers, of length one,
 * that depends on the text and the seed alone. Equal texts get equal vectors; of any other two texts the cosine says
 * nothing. It looks at no token, so it is no bag of words in disguise.
 *
 * <p>Safe for any thread.
 */
public final class RandomEncoder implements Embedder {

    private final int dimension;
    private final long seed;

    private RandomEncoder(int dimension, long seed) {
        this.dimension = dimension;
        this.seed = seed;
    }

    /** An encoder of that many dimensions. */
    public static RandomEncoder create(int dimension, long seed) {
        if (dimension < 1) {
            throw new IllegalArgumentException("RandomEncoder: expected at least 1 dimension, but found " + dimension);
        }
        return new RandomEncoder(dimension, seed);
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (String text : texts) {
            RandomStream random = RandomStream.of(seed, "random-encoder/" + text);
            float[] vector = new float[dimension];
            for (int i = 0; i < dimension; i++) {
                vector[i] = (float) random.nextGaussian();
            }
            TextVectors.normalize(vector);
            vectors.add(vector);
        }
        return vectors.toArray(float[][]::new);
    }

    @Override
    public ModelDescription description() {
        String name = "random(dimension " + dimension + ", seed " + seed + ")";
        return new ModelDescription(
                name,
                Hashes.sha256(name.getBytes(StandardCharsets.UTF_8)),
                dimension,
                Integer.MAX_VALUE,
                List.of(),
                true,
                Prompts.NONE);
    }

    @Override
    public void close() {}
}
