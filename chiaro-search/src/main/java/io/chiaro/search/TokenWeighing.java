package io.chiaro.search;

import io.chiaro.model.Document;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseVector;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Weighs the tokens of documents that are on their way into an index. */
final class TokenWeighing {

    /** A vector may have as many numbers as the vocabulary has tokens, so that few are in memory at a time. */
    private static final int WINDOW = 64;

    private TokenWeighing() {}

    /** Takes a document of the list by its place. */
    @FunctionalInterface
    interface Weighed {
        void accept(int at, Optional<SparseVector> weights) throws IOException;
    }

    /** Shows each document with its weights, in their order; without, if nothing weighs. */
    static void each(List<Document> documents, Optional<SparseEmbedder> embedder, Weighed weighed) throws IOException {
        for (int from = 0; from < documents.size(); from += WINDOW) {
            List<Document> some = documents.subList(from, Math.min(documents.size(), from + WINDOW));
            List<SparseVector> weights = embedder.map(model ->
                            model.embed(some.stream().map(Document::content).toList()))
                    .orElse(List.of());
            for (int i = 0; i < some.size(); i++) {
                weighed.accept(from + i, weights.isEmpty() ? Optional.empty() : Optional.of(weights.get(i)));
            }
        }
    }
}
