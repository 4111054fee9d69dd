package io.chiaro.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import io.chiaro.model.Reranker;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Reranker} as a scoring model of LangChain4j, for example behind a {@code ReRankingContentAggregator}. Scores are those of
 * the reranker, which have no bounds; {@link #bounded} brings them between 0 and 1, so that a least score has a meaning across
 * models.
 *
 * <p>As safe for threads as the reranker, which stays with the caller, who closes it.
 */
public final class ChiaroScoringModel implements ScoringModel {

    private final Reranker reranker;
    private final boolean bounded;

    private ChiaroScoringModel(Reranker reranker, boolean bounded) {
        this.reranker = reranker;
        this.bounded = bounded;
    }

    /** A model that scores as the reranker does. */
    public static ChiaroScoringModel of(Reranker reranker) {
        return new ChiaroScoringModel(reranker, false);
    }

    /** The same with 1 / (1 + exp(-score)) in place of a score, which keeps the order. */
    public ChiaroScoringModel bounded() {
        return new ChiaroScoringModel(reranker, true);
    }

    @Override
    public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
        List<String> texts = segments.stream().map(TextSegment::text).toList();
        List<Double> scores = new ArrayList<>(texts.size());
        for (float score : reranker.score(query, texts)) {
            scores.add(bounded ? 1 / (1 + Math.exp(-score)) : score);
        }
        return Response.from(scores);
    }
}
