package io.chiaro.benchmarks.retrieval;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model that computes no vector twice: the same collection is searched, mined and weighed by the base. One thread.
 */
final class RememberingEmbedder implements Embedder {

    private final TokenEmbedder model;
    private final int maxTokens;
    private final Map<String, float[]> known = new HashMap<>();

    /**
     * Takes a model over.
     *
     * @param model without prompts
     * @param maxTokens where texts are cut, as those of the trained models are
     */
    RememberingEmbedder(TokenEmbedder model, int maxTokens) {
        this.model = model;
        this.maxTokens = maxTokens;
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        List<String> unknown = texts.stream()
                .filter(text -> !known.containsKey(key(role, text)))
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            float[][] vectors = model.embedTokens(model.tokenizer().encodeAll(unknown, maxTokens));
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
