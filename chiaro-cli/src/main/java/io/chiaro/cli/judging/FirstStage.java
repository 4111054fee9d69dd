package io.chiaro.cli.judging;

import io.chiaro.eval.RetrievalData;
import io.chiaro.model.DenseRanker;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import io.chiaro.search.Bm25;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.HybridWeight;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What finds documents, before anything puts them in order.
 *
 * @param model that finds by vectors; if there is none, BM25 finds
 * @param fusion of the model with BM25, where both find
 * @param vectorWeight of the model then, or the split whose judged queries choose it
 */
public record FirstStage(Optional<String> model, Optional<String> fusion, VectorWeight vectorWeight) {

    Ranker open(RetrievalData collection, JudgingSettings on) {
        if (model.isEmpty()) {
            return words(collection);
        }
        Ranker vectors = vectors(collection, model.get(), on.threads());
        try {
            return fusion.isEmpty() ? vectors : both(collection, vectors, Fusion.named(fusion.get()), on);
        } catch (RuntimeException e) {
            vectors.close();
            throw e;
        }
    }

    private Ranker both(RetrievalData collection, Ranker vectors, Fusion fused, JudgingSettings on) {
        Ranker words = words(collection);
        try {
            Ranker both = new HybridRanker(words, vectors, fused, weight(words, vectors, fused, on));
            return vectorWeight
                    .chosenBy()
                    .<Ranker>map(split -> DescribedRanker.chosenBy(split, both))
                    .orElse(both);
        } catch (RuntimeException e) {
            words.close();
            throw e;
        }
    }

    private double weight(Ranker words, Ranker vectors, Fusion fused, JudgingSettings on) {
        Optional<String> by = vectorWeight.chosenBy();
        if (by.isEmpty()) {
            return vectorWeight.weight().orElse(HybridRanker.EVEN);
        }
        RetrievalData judged = RetrievalData.open(on.located(), by.get());
        return HybridWeight.chosen(words, vectors, fused, judged.queries(), judged.judgments());
    }

    private static Ranker words(RetrievalData collection) {
        try (Stream<Document> documents = collection.documents()) {
            return Bm25.create(documents);
        }
    }

    private static Ranker vectors(RetrievalData collection, String name, int threads) {
        Embedder embedder = Models.open(name, threads);
        try (Stream<Document> documents = collection.documents()) {
            return new Closing(DenseRanker.create(embedder, documents, threads), embedder);
        } catch (RuntimeException e) {
            embedder.close();
            throw e;
        }
    }

    /** A ranker that is closed with the model that it embeds queries by. */
    private record Closing(Ranker ranker, Embedder embedder) implements Ranker {

        @Override
        public List<Hit> rank(String query, int depth) {
            return ranker.rank(query, depth);
        }

        @Override
        public String description() {
            return ranker.description();
        }

        @Override
        public void close() {
            try (ranker;
                    embedder) {
                // both are closed
            }
        }
    }
}
