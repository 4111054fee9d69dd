package io.chiaro.cli;

import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.metric.Correlation;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.Reranker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scores pairs and writes them as records to learn from. */
final class PairScoring {

    private PairScoring() {}

    static Object run(Output output, DataScoreCommand told) {
        Path data = Judging.located(told.data);
        OutputFiles.requireJsonLines("--out", told.out);
        OutputFiles.refuseOver("--out", told.out, data);
        List<Example> pairs = pairs(data, told.roles);
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
        AtomicFiles.write(told.out, stream -> {
            for (int i = 0; i < scores.length; i++) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("anchor", pairs.get(i).texts().get(0));
                line.put("positive", pairs.get(i).texts().get(1));
                line.put("score", scores[i]);
                stream.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("pairs", scores.length);
        double agreement = agreement(pairs, scores);
        String words = "";
        if (!Double.isNaN(agreement)) {
            document.put("spearman", agreement);
            words = String.format(Locale.ROOT, "; Spearman's correlation with the scores before %.4f", agreement);
        }
        output.say(String.format(Locale.ROOT, "%,d pairs scored", scores.length) + words);
        output.note("wrote " + told.out);
        return document;
    }

    private static List<Example> pairs(Path file, @Nullable String roles) {
        List<Example> pairs = new ArrayList<>();
        try (ExampleReader reader = ExampleReader.open(file, HeldOut.roles(file, roles), BadRows.STOP)) {
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
