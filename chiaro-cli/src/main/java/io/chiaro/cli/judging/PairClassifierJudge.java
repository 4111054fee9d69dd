package io.chiaro.cli.judging;

import io.chiaro.cli.opening.Models;
import io.chiaro.eval.Evaluation;
import io.chiaro.model.PairClassifier;

/**
 * Judges a cross-encoder with classes on pairs with labels.
 *
 * @param model its folder
 */
public record PairClassifierJudge(String model) implements Judge {

    @Override
    public Judgement judge(JudgingSettings on) {
        try (PairClassifier classifier = Models.openPairClassifier("--model", model, on.threads())) {
            return Judgement.of(Evaluation.pairClasses(on.located(), on.options(), classifier));
        }
    }
}
