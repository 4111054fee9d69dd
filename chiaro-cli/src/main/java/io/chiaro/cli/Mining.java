package io.chiaro.cli;

import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.opening.CutTexts;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Reranker;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.Mined;
import io.chiaro.search.mining.MiningSettings;
import io.chiaro.search.mining.MiningSettings.Sampling;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Mines hard negatives and writes them as records to learn from. */
final class Mining {

    private Mining() {}

    static Object run(Output output, MineCommand told) {
        OutputFiles.requireJsonLines("--out", told.out);
        Path data = Judging.located(told.data);
        Path corpus = told.corpus;
        OutputFiles.refuseOver("--out", told.out, data, corpus == null ? data : Judging.located(corpus));
        List<HardNegatives.Pair> pairs = pairs(data, told.roles);
        Mined mined;
        CutTexts cuts;
        try (Embedder model = Models.open(told.model, told.computeThreads());
                Guide guide = Guide.open(told);
                Rescoring rescoring = Rescoring.open(told);
                Progress progress = output.progress("embedding", "texts", 0)) {
            cuts = CutTexts.of(model);
            Embedder counting = new CountingEmbedder(model, told.model, cuts, progress);
            mined = mined(pairs, told, counting, guide.embedder(), rescoring.reranker());
        }
        cuts.note().ifPresent(output::note);
        output.say(table(mined, told).stripTrailing());
        if (mined.records().isEmpty()) {
            throw ChiaroException.data("mine: expected at least one pair with " + told.negatives
                    + " negatives left, but found none of " + mined.pairs()
                    + ". Ask for fewer, loosen a margin or a bound, or give more texts by --corpus.");
        }
        AtomicFiles.write(told.out, stream -> {
            for (Mined.Example record : mined.records()) {
                write(stream, record, told.form.equals("triplets"), told.withScores);
            }
        });
        output.note("wrote " + told.out);
        return document(mined, cuts);
    }

    private record Guide(Optional<Embedder> embedder) implements AutoCloseable {
        static Guide open(MineCommand told) {
            return new Guide(Optional.ofNullable(told.guide).map(name -> Models.open(name, told.computeThreads())));
        }

        @Override
        public void close() {
            embedder.ifPresent(Embedder::close);
        }
    }

    private record Rescoring(Optional<Reranker> reranker) implements AutoCloseable {
        static Rescoring open(MineCommand told) {
            return new Rescoring(Optional.ofNullable(told.rescore)
                    .map(directory -> Models.openReranker("--rescore", directory, told.computeThreads())));
        }

        @Override
        public void close() {
            reranker.ifPresent(Reranker::close);
        }
    }

    private static Mined mined(
            List<HardNegatives.Pair> pairs,
            MineCommand told,
            Embedder model,
            Optional<Embedder> guide,
            Optional<Reranker> rescorer) {
        MiningSettings settings = MiningSettings.defaults()
                .withNegatives(told.negatives)
                .withRange(told.rangeMin, told.rangeMax == null ? OptionalInt.empty() : OptionalInt.of(told.rangeMax))
                .withScores(new MiningSettings.Scores(
                        optional(told.absoluteMargin),
                        optional(told.relativeMargin),
                        optional(told.maxScore),
                        optional(told.minScore),
                        told.guideMargin == null ? 0 : told.guideMargin))
                .withSampling(Sampling.valueOf(told.sampling.toUpperCase(Locale.ROOT)), told.seed);
        Path corpus = told.corpus;
        if (corpus == null) {
            return HardNegatives.of(
                    pairs,
                    List.of(),
                    new HardNegatives.Models(model, guide, rescorer),
                    settings,
                    told.computeThreads());
        }
        try (Stream<Document> documents = Document.read(Judging.located(corpus))) {
            Iterable<String> texts = () -> documents.map(Document::content).iterator();
            return HardNegatives.of(
                    pairs, texts, new HardNegatives.Models(model, guide, rescorer), settings, told.computeThreads());
        }
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static List<HardNegatives.Pair> pairs(Path file, @Nullable String roles) {
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        try (ExampleReader reader = ExampleReader.open(file, HeldOut.roles(file, roles), BadRows.STOP)) {
            if (!reader.shape().equals(ExampleShape.PAIRS)) {
                throw ChiaroException.usage(file + ": expected pairs to find negatives for, but found " + reader.shape()
                        + ". Name the two columns with --roles anchor=...,positive=....");
            }
            for (Example example = reader.next(); example != null; example = reader.next()) {
                pairs.add(new HardNegatives.Pair(
                        example.texts().get(0), example.texts().get(1)));
            }
        }
        return pairs;
    }

    private static void write(OutputStream stream, Mined.Example record, boolean triplets, boolean scored)
            throws IOException {
        List<List<Mined.Negative>> lines =
                triplets ? record.negatives().stream().map(List::of).toList() : List.of(record.negatives());
        for (List<Mined.Negative> negatives : lines) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("anchor", record.anchor());
            line.put("positive", record.positive());
            List<String> texts = negatives.stream().map(Mined.Negative::text).toList();
            line.put("negative", texts.size() == 1 ? texts.get(0) : texts);
            if (scored) {
                List<Double> scores = new ArrayList<>(List.of(record.score()));
                negatives.forEach(negative -> scores.add(negative.score()));
                line.put("score", scores);
            }
            stream.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String table(Mined mined, MineCommand told) {
        int negatives = told.negatives;
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%,d of %,d pairs have %d negative%s each, from %,d texts%n",
                mined.records().size(),
                mined.pairs(),
                negatives,
                negatives == 1 ? "" : "s",
                mined.texts()));
        if (mined.tooFew() > 0) {
            table.append(
                    String.format(Locale.ROOT, "%,d pairs were left out: too few candidates remain%n", mined.tooFew()));
        }
        if (!mined.records().isEmpty()) {
            table.append(String.format(
                    Locale.ROOT,
                    "mean %s of positives %.4f, of negatives %.4f%n",
                    told.rescore == null ? "cosine" : "score",
                    mined.meanPositive(),
                    mined.meanNegative()));
        }
        mined.refused()
                .forEach((reason, count) ->
                        table.append(String.format(Locale.ROOT, "%,12d candidates %s%n", count, reason.words())));
        return table.toString();
    }

    private static Map<String, Object> document(Mined mined, CutTexts cuts) {
        Map<String, Object> refused = new LinkedHashMap<>();
        mined.refused()
                .forEach((reason, count) ->
                        refused.put(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("pairs", mined.pairs());
        document.put("mined", mined.records().size());
        document.put("too-few", mined.tooFew());
        document.put("texts", mined.texts());
        cuts.cut().ifPresent(cut -> document.put("cut-texts", cut));
        document.put("refused", refused);
        if (!mined.records().isEmpty()) {
            document.put("mean-positive", mined.meanPositive());
            document.put("mean-negative", mined.meanNegative());
        }
        return document;
    }
}
