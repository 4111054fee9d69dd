package io.chiaro.cli.judging;

import io.chiaro.cli.opening.Models;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.DenseRanker;
import io.chiaro.model.Document;
import io.chiaro.model.Ranker;
import io.chiaro.search.Bm25;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.HybridWeight;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds by a model, by words, or by both, in all documents of the collection.
 *
 * @param model that finds by vectors; if there is none, BM25 finds
 * @param fusion of the model with BM25, where both find
 * @param vectorWeight of the model then, or the split whose judged queries choose it
 */
public record FirstStage(Optional<String> model, Optional<String> fusion, VectorWeight vectorWeight) implements Finder {

    @Override
    public Ranker open(RetrievalData collection, JudgingSettings on) {
        if (model.isEmpty()) {
            return words(collection);
        }
        Ranker vectors = vectors(collection, model.get(), on);
        try {
            return fusion.isEmpty() ? vectors : both(collection, vectors, Fusion.named(fusion.get()), on);
        } catch (RuntimeException e) {
            vectors.close();
            throw e;
        }
    }

    @Override
    public Optional<String> weighedBy() {
        return vectorWeight.by();
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

    private static Ranker vectors(RetrievalData collection, String name, JudgingSettings on) {
        try (Stream<Document> documents = collection.documents()) {
            return DenseRanker.owning(on.keeping(Models.open(name, on.threads())), documents, on.threads());
        }
    }
}
