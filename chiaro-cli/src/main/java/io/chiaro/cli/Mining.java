package io.chiaro.cli;

import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.filtering.RowsWithMore;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.opening.CutTexts;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.ChiaroException;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.Roles;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Reranker;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.Mined;
import io.chiaro.search.mining.MiningSettings;
import io.chiaro.search.mining.MiningSettings.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
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
        Roles roles = HeldOut.roles(data, told.roles);
        Pairs pairs = pairs(data, roles);
        Mined mined;
        CutTexts cuts;
        try (Embedder model = Models.open(told.model, told.computeThreads());
                Guide guide = Guide.open(told);
                Rescoring rescoring = Rescoring.open(told);
                Stages stages = new Stages(output)) {
            cuts = CutTexts.of(model);
            Embedder counting = new CountingEmbedder(stages.watched(model, "embedding"), told.model, cuts, count -> {});
            mined = mined(
                    pairs.texts(),
                    told,
                    counting,
                    guide.embedder().map(one -> stages.watched(one, "embedding by the guide")),
                    rescoring.reranker().map(one -> stages.watched(one, "scoring")));
        }
        cuts.note().ifPresent(output::note);
        if (pairs.rows() < pairs.lines().size()) {
            output.note(String.format(
                    Locale.ROOT,
                    "%,d rows made %,d pairs, one for each positive of their lists",
                    pairs.rows(),
                    pairs.lines().size()));
        }
        output.say(MinedReport.table(mined, told).stripTrailing());
        MinedReport.doubts(mined.counts(), told.corpus).ifPresent(output::note);
        if (mined.records().isEmpty()) {
            throw ChiaroException.data("mine: expected at least one pair with " + told.negatives
                    + " negatives left, but found none of " + mined.counts().pairs()
                    + ". Ask for fewer, loosen a margin or a bound, or give more texts by --corpus.");
        }
        Set<String> written = told.withScores
                ? Set.of("anchor", "positive", "negative", "score")
                : Set.of("anchor", "positive", "negative");
        RowsWithMore.write(
                output,
                told.out,
                data,
                roles,
                written,
                mined.records().stream()
                        .flatMap(record -> lines(record, told).stream()
                                .map(line ->
                                        new RowsWithMore.Found(pairs.lines().get(record.pair()), line)))
                        .iterator());
        return MinedReport.document(mined, cuts);
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
                .withFewest(told.form.equals("triplets") ? 1 : told.negatives)
                .withSampling(Sampling.valueOf(told.sampling.toUpperCase(Locale.ROOT)), told.seed);
        Path corpus = told.corpus;
        try (Stream<Document> documents = corpus == null ? Stream.of() : Document.read(Judging.located(corpus))) {
            return HardNegatives.of(
                    pairs,
                    documents::iterator,
                    new HardNegatives.Models(model, guide, rescorer),
                    settings,
                    told.computeThreads());
        }
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Pairs and the lines where they stand. */
    private record Pairs(List<HardNegatives.Pair> texts, List<Long> lines) {
        long rows() {
            return lines.stream().distinct().count();
        }
    }

    private static Pairs pairs(Path file, Roles roles) {
        Pairs pairs = new Pairs(new ArrayList<>(), new ArrayList<>());
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.STOP)) {
            if (!reader.shape().equals(ExampleShape.PAIRS)) {
                throw ChiaroException.usage(file + ": expected pairs to find negatives for, but found " + reader.shape()
                        + ". Name the two columns with --roles anchor=...,positive=....");
            }
            for (Example example = reader.next(); example != null; example = reader.next()) {
                pairs.texts()
                        .add(new HardNegatives.Pair(
                                example.texts().get(0), example.texts().get(1)));
                pairs.lines().add(example.line());
            }
        }
        return pairs;
    }

    private static List<Map<String, Object>> lines(Mined.Example record, MineCommand told) {
        List<List<Mined.Negative>> all = told.form.equals("triplets")
                ? record.negatives().stream().map(List::of).toList()
                : List.of(record.negatives());
        List<Map<String, Object>> lines = new ArrayList<>();
        for (List<Mined.Negative> negatives : all) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("anchor", record.anchor());
            line.put("positive", record.positive());
            List<String> texts = negatives.stream().map(Mined.Negative::text).toList();
            line.put("negative", texts.size() == 1 ? texts.get(0) : texts);
            if (told.withScores) {
                List<Double> scores = new ArrayList<>(List.of(record.score()));
                negatives.forEach(negative -> scores.add(negative.score()));
                line.put("score", scores);
            }
            lines.add(line);
        }
        return lines;
    }
}
