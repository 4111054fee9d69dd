package io.chiaro.cli.judging;

import io.chiaro.core.metric.ScoredLabels;
import io.chiaro.eval.PairJudgement;
import io.chiaro.eval.PairJudgement.ScoredPair;
import io.chiaro.train.HtmlReport;
import io.chiaro.train.Plot;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page of a judgement of pairs: curves, scores of both kinds, and the errors that are furthest off. */
final class PairPage {

    private static final int SHOWN = 25;
    private static final int LONGEST_TEXT = 300;

    private PairPage() {}

    static void write(PairJudgement judged, Path file) {
        ScoredLabels scored = judged.scored();
        ScoredLabels.Best best = scored.bestF1();
        double[][] characteristic = scored.operatingCharacteristic();
        double[][] precision = scored.precisionByRecall();
        HtmlReport.Builder page = HtmlReport.builder(
                "Pairs judged by "
                        + judged.report()
                                .protocol()
                                .system()
                                .split("[(,]", 2)[0]
                                .strip(),
                judged.report().protocol().data() + " ("
                        + judged.report().protocol().split() + "), "
                        + judged.pairs().size() + " pairs");
        page.figures(List.of(
                figure(judged, "auc", "area under the ROC curve"),
                figure(judged, "average-precision", "area under precision by recall"),
                new HtmlReport.Figure(
                        "f1",
                        HtmlReport.number(best.value()),
                        "from a cosine of " + HtmlReport.number(best.threshold())),
                figure(judged, "accuracy", "at its own best threshold")));
        page.plots(List.of(
                Plot.of("ROC", "share of pairs that do not belong together, taken", "share of pairs found")
                        .fromZero()
                        .wholeX()
                        .line("this model", characteristic[0], characteristic[1])
                        .dashed("chance", new double[] {0, 1}, new double[] {0, 1}),
                Plot.of("Precision by recall", "recall", "precision")
                        .fromZero()
                        .wholeX()
                        .line("this model", precision[0], precision[1]),
                Plot.histogram("Scores", "cosine")
                        .histogram("belong together", scores(judged, true))
                        .histogram("do not", scores(judged, false))));
        page.section(
                "Where it errs", "By the threshold that is best for f1 on these very pairs, the furthest off first.");
        errors(page, "Taken for pairs, and are none", judged.wronglyTaken(best.threshold(), SHOWN));
        errors(page, "Pairs that were missed", judged.missed(best.threshold(), SHOWN));
        page.keyValues("Protocol", judged.report().protocol().settings());
        page.write(file);
    }

    private static HtmlReport.Figure figure(PairJudgement judged, String metric, String note) {
        return new HtmlReport.Figure(metric, HtmlReport.number(judged.report().metric(metric)), note);
    }

    private static double[] scores(PairJudgement judged, boolean positive) {
        return judged.pairs().stream()
                .filter(pair -> pair.positive() == positive)
                .mapToDouble(ScoredPair::score)
                .toArray();
    }

    private static void errors(HtmlReport.Builder page, String caption, List<ScoredPair> pairs) {
        if (pairs.isEmpty()) {
            page.text(caption + ": none.");
            return;
        }
        page.table(
                caption,
                List.of("cosine", "first", "second"),
                pairs.stream()
                        .map(pair -> List.of(
                                String.format(Locale.ROOT, "%.3f", pair.score()),
                                beginning(pair.first()),
                                beginning(pair.second())))
                        .toList());
    }

    private static String beginning(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "..." : line;
    }
}
