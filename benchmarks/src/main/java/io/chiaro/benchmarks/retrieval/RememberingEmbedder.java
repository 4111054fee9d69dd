package io.chiaro.benchmarks.retrieval;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model that computes no vector twice: the same collection is searched, mined and weighed by the base. One thread.
 */
final class RememberingEmbedder implements Embedder {

    private final Embedder model;
    private final Map<String, float[]> known = new HashMap<>();

    RememberingEmbedder(Embedder model) {
        this.model = model;
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        List<String> unknown = texts.stream()
                .filter(text -> !known.containsKey(key(role, text)))
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            float[][] vectors = model.embed(unknown, role);
            for (int i = 0; i < vectors.length; i++) {
                known.put(key(role, unknown.get(i)), vectors[i]);
            }
        }
        return texts.stream()
                .map(text -> Objects.requireNonNull(known.get(key(role, text))))
                .toArray(float[][]::new);
    }

    private static String key(TextRole role, String text) {
        return role + "\t" + text;
    }

    @Override
    public ModelDescription description() {
        return model.description();
    }

    @Override
    public void close() {
        model.close();
    }
}
