package io.chiaro.eval;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A real, if simple, embedder for tests: the sum of a random vector for each lower-cased word. */
final class BagOfWords implements Embedder {

    private static final Pattern GAPS = Pattern.compile("\\W+");

    private final RandomEncoder words = RandomEncoder.create(128, 1);

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        float[][] vectors = new float[texts.size()][];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = new float[128];
            for (String word :
                    (Iterable<String>) GAPS.splitAsStream(texts.get(i).toLowerCase(Locale.ROOT))::iterator) {
                float[] vector = words.embed(List.of(word), role)[0];
                for (int k = 0; k < vector.length; k++) {
                    vectors[i][k] += vector[k];
                }
            }
        }
        return vectors;
    }

    @Override
    public ModelDescription description() {
        ModelDescription random = words.description();
        return new ModelDescription("bag-of-words", random.hash(), 128, 1000, List.of(), false, random.prompts());
    }

    @Override
    public void close() {
        words.close();
    }
}
