package io.chiaro.cli.judging;

import io.chiaro.cli.opening.Models;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Document;
import io.chiaro.model.LateInteractionReranker;
import io.chiaro.model.LateInteractionSearch;
import io.chiaro.model.Ranker;
import java.util.stream.Stream;

/**
 * Judges the exact search of a late-interaction model.
 *
 * @param model its folder
 */
public record LateInteractionJudge(String model) implements Judge {

    @Override
    public Judgement judge(JudgingSettings on) {
        RetrievalData collection = on.collection();
        try (LateInteractionReranker opened = Models.openLateInteraction(model, on.threads());
                Stream<Document> documents = collection.documents();
                Ranker ranker = LateInteractionSearch.of(
                        opened,
                        documents,
                        collection.queries().values().stream().distinct().toList(),
                        on.options().depth() + 1,
                        on.threads())) {
            return Judgement.of(RetrievalReports.of(ranker, collection, on));
        }
    }
}
