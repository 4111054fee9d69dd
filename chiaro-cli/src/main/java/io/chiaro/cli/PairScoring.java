package io.chiaro.cli;

import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.filtering.RowsWithMore;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.Correlation;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.Roles;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.Reranker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Scores pairs, or sorts them into classes, and writes them as records to learn from. */
final class PairScoring {

    private PairScoring() {}

    /** Pairs of a call: enough for whole batches, and for progress to be seen. */
    private static final int TOGETHER = 256;

    static Object run(Output output, DataScoreCommand told) {
        Path data = Judging.located(told.data);
        OutputFiles.requireJsonLines("--out", told.out);
        OutputFiles.refuseOver("--out", told.out, data);
        Roles roles = HeldOut.roles(data, told.roles);
        List<Example> pairs = pairs(data, roles);
        if (!Models.isPairClassifier(told.by)) {
            return scored(output, told, pairs, roles);
        }
        if (told.logistic) {
            throw ChiaroException.usage(
                    "--logistic: belongs to scores, but " + told.by + " sorts pairs into classes. Leave it out.");
        }
        return sorted(output, told, pairs, roles);
    }

    /** Writes each pair with its class, and how probable that is. */
    private static Object sorted(Output output, DataScoreCommand told, List<Example> pairs, Roles roles) {
        List<RowsWithMore.Found> lines = new ArrayList<>();
        int[] counts;
        int alike = 0;
        List<String> classes;
        try (PairClassifier classifier = Models.openPairClassifier("--by", told.by, told.computeThreads());
                Progress progress = output.progress("sorting", "pairs", pairs.size())) {
            classes = classifier.classes();
            counts = new int[classes.size()];
            for (int from = 0; from < pairs.size(); from += TOGETHER) {
                List<Example> some = pairs.subList(from, Math.min(pairs.size(), from + TOGETHER));
                float[][] logits = classifier.logits(some.stream()
                        .map(pair -> new PairClassifier.Pair(
                                pair.texts().get(0), pair.texts().get(1)))
                        .toList());
                for (int i = 0; i < logits.length; i++) {
                    int largest = PairClassifier.largest(logits[i]);
                    counts[largest]++;
                    alike += classes.get(largest).equals(some.get(i).label()) ? 1 : 0;
                    Map<String, Object> line = line(some.get(i));
                    line.put("label", classes.get(largest));
                    line.put("probability", PairClassifier.probability(logits[i], largest));
                    lines.add(new RowsWithMore.Found(some.get(i).line(), line));
                }
                progress.more(some.size());
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("pairs", pairs.size());
        Map<String, Object> found = new LinkedHashMap<>();
        for (int c = 0; c < counts.length; c++) {
            found.put(classes.get(c), counts[c]);
        }
        document.put("classes", found);
        String words = "";
        if (pairs.get(0).label() != null) {
            double share = (double) alike / pairs.size();
            document.put("accuracy", share);
            words = String.format(Locale.ROOT, "; %.4f of them into the class of their label", share);
        }
        output.say(String.format(Locale.ROOT, "%,d pairs sorted: %s", pairs.size(), found) + words);
        Set<String> written = Set.of("anchor", "positive", "label", "probability");
        RowsWithMore.write(output, told.out, Judging.located(told.data), roles, written, lines.iterator());
        return document;
    }

    private static Map<String, Object> line(Example pair) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("anchor", pair.texts().get(0));
        line.put("positive", pair.texts().get(1));
        return line;
    }

    private static Object scored(Output output, DataScoreCommand told, List<Example> pairs, Roles roles) {
        double[] scores = new double[pairs.size()];
        try (Reranker teacher = Models.openReranker("--by", told.by, told.computeThreads());
                Progress progress = output.progress("scoring", "pairs", scores.length)) {
            for (int i = 0; i < scores.length; i++) {
                List<String> texts = pairs.get(i).texts();
                double score = teacher.score(texts.get(0), List.of(texts.get(1)))[0];
                scores[i] = told.logistic ? 1 / (1 + Math.exp(-score)) : score;
                progress.more(1);
            }
        }
        List<RowsWithMore.Found> lines = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            Map<String, Object> line = line(pairs.get(i));
            line.put("score", scores[i]);
            lines.add(new RowsWithMore.Found(pairs.get(i).line(), line));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("pairs", scores.length);
        double agreement = agreement(pairs, scores);
        String words = "";
        if (!Double.isNaN(agreement)) {
            document.put("spearman", agreement);
            words = String.format(Locale.ROOT, "; Spearman's correlation with the scores before %.4f", agreement);
        }
        output.say(String.format(Locale.ROOT, "%,d pairs scored", scores.length) + words);
        Set<String> written = Set.of("anchor", "positive", "score");
        RowsWithMore.write(output, told.out, Judging.located(told.data), roles, written, lines.iterator());
        return document;
    }

    private static List<Example> pairs(Path file, Roles roles) {
        List<Example> pairs = new ArrayList<>();
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.STOP)) {
            ExampleShape shape = reader.shape();
            if (!shape.equals(ExampleShape.PAIRS)
                    && !shape.equals(ExampleShape.SCORED_PAIRS)
                    && !shape.equals(ExampleShape.LABELLED_PAIRS)) {
                throw ChiaroException.usage(file + ": expected pairs to score, but found " + shape
                        + ". Name the two columns with --roles anchor=...,positive=....");
            }
            for (Example example = reader.next(); example != null; example = reader.next()) {
                pairs.add(example);
            }
        }
        if (pairs.isEmpty()) {
            throw ChiaroException.data(file + ": expected at least one pair, but found none.");
        }
        return pairs;
    }

    /** Of the scores with those that stood there; NaN where none did, or where all are the same. */
    private static double agreement(List<Example> pairs, double[] scores) {
        if (scores.length < 2 || pairs.get(0).scores().isEmpty()) {
            return Double.NaN;
        }
        return Correlation.spearman(
                scores, pairs.stream().mapToDouble(pair -> pair.scores().get(0)).toArray());
    }
}
