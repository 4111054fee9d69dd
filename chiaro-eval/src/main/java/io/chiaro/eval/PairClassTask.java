package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.RerankerDescription;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Judges what sorts pairs into classes. */
final class PairClassTask {

    private PairClassTask() {}

    /**
     * Judges what sorts pairs into classes by the labels that pairs have.
     *
     * @throws ChiaroException if the data cannot be read, or have a label that is no class of the model
     */
    static Report judge(Path path, EvaluationOptions options, PairClassifier classifier) {
        List<String> names = classifier.classes();
        PairClassData data = PairClassData.open(path, options.split(), options.columns(), names);
        RerankerDescription description = classifier.description();
        ReportDraft draft = new ReportDraft(
                Task.CLASSIFY,
                path.toString(),
                Hashes.sha256(data.file()),
                options,
                description.name(),
                description.name() + ", both texts together, " + description.maxTokens() + " tokens, SHA-256 "
                        + description.hash(),
                Optional.empty());
        float[][] logits = classifier.logits(data.pairs());
        int[] predicted =
                Arrays.stream(logits).mapToInt(PairClassifier::largest).toArray();
        int[] labels = data.classes().stream().mapToInt(Integer::intValue).toArray();
        draft.metric(
                "accuracy",
                ClassFigures.accuracy(predicted, labels),
                "pairs whose largest logit is that of their class");
        draft.metric(
                "f1",
                ClassFigures.macroF1(predicted, labels, names.size()),
                "the same, mean of F1 over the classes that pairs have");
        draft.size("pairs", labels.length);
        for (int c = 0; c < names.size(); c++) {
            int of = c;
            draft.size("pairs of class " + names.get(c), (int)
                    Arrays.stream(labels).filter(label -> label == of).count());
        }
        return draft.report();
    }
}
