package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.metric.ScoredLabels;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Judges cosines of pairs that belong together or do not. */
final class PairTask {

    private PairTask() {}

    /**
     * Judges an embedder on pairs that belong together or do not, and keeps the score of each.
     *
     * @throws ChiaroException if the data cannot be read, or hold only one kind
     */
    static PairJudgement judge(Path path, EvaluationOptions options, Embedder embedder) {
        PairData data = PairData.open(path, options.split(), options.columns());
        ReportDraft draft = new ReportDraft(Task.PAIRS, path.toString(), Hashes.sha256(data.file()), options, embedder);
        SpaceSample geometry = new SpaceSample(options.seed());
        float[][] left = TextVectors.of(
                embedder, data.pairs().stream().map(PairData.Pair::first).toList(), TextRole.TEXT);
        float[][] right = TextVectors.of(
                embedder, data.pairs().stream().map(PairData.Pair::second).toList(), TextRole.TEXT);
        double[] scores = new double[left.length];
        boolean[] positive = new boolean[left.length];
        int positives = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = TextVectors.dot(left[i], right[i]);
            positive[i] = data.pairs().get(i).positive();
            geometry.add(left[i]);
            geometry.add(right[i]);
            if (positive[i]) {
                positives++;
                geometry.positive(left[i], right[i]);
            }
        }
        if (positives == 0 || positives == scores.length) {
            throw ChiaroException.data(data.file().toAbsolutePath()
                    + ": expected pairs that belong together and pairs that do not, but found " + positives
                    + " of the first kind among " + scores.length + ". Check the labels.");
        }
        ScoredLabels scored = ScoredLabels.of(scores, positive);
        draft.metric("average-precision", scored.averagePrecision(), "sum (R_n - R_(n-1)) P_n, equal scores together");
        draft.metric("auc", scored.areaUnderCurve(), "area under the ROC curve, equal scores count one half");
        draft.metric("accuracy", scored.bestAccuracy().value(), "at the threshold that is best on these very pairs");
        draft.metric("f1", scored.bestF1().value(), "at the threshold that is best on these very pairs");
        draft.setting(
                "threshold of accuracy", String.valueOf(scored.bestAccuracy().threshold()));
        draft.setting("threshold of f1", String.valueOf(scored.bestF1().threshold()));
        draft.size("pairs", scores.length);
        draft.size("positive pairs", positives);
        geometry.write(draft, "positive pairs");
        List<PairJudgement.ScoredPair> pairs = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            PairData.Pair pair = data.pairs().get(i);
            pairs.add(new PairJudgement.ScoredPair(pair.first(), pair.second(), pair.positive(), scores[i]));
        }
        return new PairJudgement(draft.report(), scored, pairs);
    }
}
