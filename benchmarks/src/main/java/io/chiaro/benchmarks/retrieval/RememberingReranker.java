package io.chiaro.benchmarks.retrieval;

import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A reranker that scores no list twice: it is judged alone and beside what it puts in order. One thread. */
final class RememberingReranker implements Reranker {

    private record Asked(String query, List<String> texts) {}

    private final Reranker model;
    private final Map<Asked, float[]> known = new HashMap<>();

    /** Takes a model over. */
    RememberingReranker(Reranker model) {
        this.model = model;
    }

    @Override
    public float[] score(String query, List<String> texts) {
        return known.computeIfAbsent(
                        new Asked(query, List.copyOf(texts)), asked -> model.score(asked.query(), asked.texts()))
                .clone();
    }

    @Override
    public RerankerDescription description() {
        return model.description();
    }

    @Override
    public void close() {
        model.close();
    }
}
