package io.chiaro.cli.judging;

import io.chiaro.cli.opening.Models;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.RerankingData;
import io.chiaro.model.Reranker;
import java.nio.file.Path;

/**
 * Judges a cross-encoder or a late-interaction model on the given candidates of each query.
 *
 * @param model its folder
 */
public record RerankerJudge(String model) implements Judge {

    @Override
    public Judgement judge(JudgingSettings on) {
        Path file = on.located();
        try (Reranker reranker = Models.openReranker("--model", model, on.threads())) {
            RerankingData questions = RerankingData.open(file, on.options());
            return Judgement.of(Evaluation.reranking(questions, file.toString(), on.options(), reranker));
        }
    }
}
