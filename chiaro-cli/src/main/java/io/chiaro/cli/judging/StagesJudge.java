package io.chiaro.cli.judging;

import io.chiaro.cli.opening.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.cli.searching.RerankOptions;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Document;
import io.chiaro.model.Ranker;
import io.chiaro.model.RerankedRanker;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Judges a retrieval in which something else than a model alone ranks: words and vectors together, a reranker behind what finds, or
 * both.
 *
 * @param first what finds
 * @param reranking what puts the first of what was found in order
 */
public record StagesJudge(Finder first, RerankOptions reranking) implements Judge {

    @Override
    public Judgement judge(JudgingSettings on) {
        QuietLucene.apply();
        RetrievalData collection = on.collection();
        try (Ranker ranker = ranker(collection, on)) {
            return Judgement.of(RetrievalReports.of(ranker, collection, on));
        }
    }

    private Ranker ranker(RetrievalData collection, JudgingSettings on) {
        Ranker found = first.open(collection, on);
        try {
            return reranking.rerank == null ? found : reranked(found, reranking.rerank, collection, on);
        } catch (RuntimeException e) {
            found.close();
            throw e;
        }
    }

    private Ranker reranked(Ranker found, String directory, RetrievalData collection, JudgingSettings on) {
        Map<String, String> texts = texts(collection);
        RerankedRanker ranker = new RerankedRanker(
                found,
                Models.openReranker("--rerank", directory, on.threads()),
                // An index may hold more than the collection; what is not of it is wrong wherever it stands.
                id -> texts.getOrDefault(id, ""),
                reranking.depth(),
                reranking.weight().orElse(RerankedRanker.ALONE));
        Optional<String> by = VectorWeight.choosing(reranking.weight(), first.weighedBy());
        return by.<Ranker>map(split -> DescribedRanker.chosenBy(split, weighed(ranker, split, on)))
                .orElse(ranker);
    }

    private static RerankedRanker weighed(RerankedRanker ranker, String split, JudgingSettings on) {
        try {
            RetrievalData judged = RetrievalData.open(on.located(), split);
            return ranker.weighedBy(judged.queries(), judged.judgments());
        } catch (RuntimeException e) {
            // The first stage is closed by who opened it.
            ranker.reranker().close();
            throw e;
        }
    }

    private static Map<String, String> texts(RetrievalData collection) {
        try (Stream<Document> documents = collection.documents()) {
            return documents.collect(Collectors.toMap(Document::id, Document::content, (one, same) -> one));
        }
    }
}
