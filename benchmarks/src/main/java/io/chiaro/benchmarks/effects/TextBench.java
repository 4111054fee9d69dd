package io.chiaro.benchmarks.effects;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.chiaro.benchmarks.LearningData;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.Task;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.ShortenedEmbedder;
import io.chiaro.model.SparseCode;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.MiningSettings;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextTraining;
import io.chiaro.train.TrainingEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Short texts and an encoder, most often one that knows nothing, two layers of width 128.
 *
 * @param name in rows and tables
 * @param learned the encoder, and how long it learns
 * @param source what is learned from, and by what the result is judged
 */
record TextBench(String name, TextBudget learned, Source source) implements Bench {

    private static final String FRESH = "fresh:tiny";
    private static final double RATE = 1e-3;
    private static final int ONE_IN = 5;
    private static final String MINER = "all-MiniLM-L6-v2";
    private static final int NEGATIVES = 8;
    private static final double MARGIN = 0.05;
    private static final int[] SIZES = {8, 32};

    /** From an encoder that knows nothing. */
    TextBench(String name, int steps, int batch, Source source) {
        this(name, new TextBudget(FRESH, steps, batch, RATE), source);
    }

    /** What is learned from and judged by. */
    enum Source {
        /** Bare sentences; Spearman's correlation on the test part of the STS benchmark, none of whose sentences is among them. */
        SENTENCES("76,576 sentences of captions, news and premises", "sts: stsb test") {
            @Override
            Path learned(Path data, Path prepared) throws IOException {
                return LearningData.prepare(data, prepared).sentences();
            }

            @Override
            Map<String, Double> judged(Embedder model, Path data, Path prepared) {
                return metrics(Task.STS, data.resolve("stsb"), model, "spearman");
            }
        },
        /** Premises with what follows and what contradicts; judged as {@link #SENTENCES} is. */
        CONTRADICTIONS("SNLI's premises, each with what follows and what contradicts it", "sts: stsb test") {
            @Override
            Path learned(Path data, Path prepared) throws IOException {
                return LearningData.prepare(data, prepared).triplets();
            }

            @Override
            Map<String, Double> judged(Embedder model, Path data, Path prepared) {
                return SENTENCES.judged(model, data, prepared);
            }
        },
        /** Two questions of one intent: a batch holds many more that belong together than its pairs say. */
        INTENTS("pairs of Banking77's train part that share an intent", "classify: banking77 test") {
            @Override
            Path learned(Path data, Path prepared) throws IOException {
                return pairsOfOneIntent(data, prepared);
            }

            @Override
            Map<String, Double> judged(Embedder model, Path data, Path prepared) {
                return metrics(Task.CLASSIFY, data.resolve("banking77"), model, "accuracy", "knn-accuracy");
            }
        },
        /**
         * As {@link #ENTAILMENTS}, judged by vectors of few numbers: the first m of a vector, and the k of a sparse code that are not
         * zero, where the run has learned one. Equal m and k are equal size, as in the paper on sparse codes: numbers that are
         * multiplied, not the places of those in a code.
         */
        SHORTENED(
                "SNLI's entailed pairs, four of five", "retrieval: the fifth of five, by vectors of so many numbers") {
            @Override
            Path learned(Path data, Path prepared) throws IOException {
                return ENTAILMENTS.learned(data, prepared);
            }

            @Override
            Map<String, Double> judged(Embedder model, Path data, Path prepared) {
                return metrics(Task.RETRIEVAL, prepared.resolve("entailments"), model, "ndcg@10");
            }

            @Override
            Map<String, Double> judged(Embedder model, Path directory, Path data, Path prepared) {
                Map<String, Double> figures = new LinkedHashMap<>(judged(model, data, prepared));
                boolean coded = SparseCode.isBeside(directory);
                for (int size : SIZES) {
                    figures.putAll(named("first-" + size, ShortenedEmbedder.first(model, size), data, prepared));
                    if (coded) {
                        Embedder codes = ShortenedEmbedder.active(model, SparseCode.open(directory), size);
                        figures.putAll(named("active-" + size, codes, data, prepared));
                    }
                }
                return figures;
            }

            private Map<String, Double> named(String prefix, Embedder model, Path data, Path prepared) {
                Map<String, Double> figures = new LinkedHashMap<>();
                judged(model, data, prepared).forEach((key, value) -> figures.put(prefix + " " + key, value));
                return figures;
            }
        },
        /** Premises with what follows from them; held-out pairs to be found, and told from pairs that do not belong together. */
        ENTAILMENTS("SNLI's entailed pairs, four of five", "retrieval and pairs: the fifth of five") {
            @Override
            Path learned(Path data, Path prepared) throws IOException {
                return fourOfFive(LearningData.prepare(data, prepared).triplets(), prepared);
            }

            @Override
            Map<String, Double> judged(Embedder model, Path data, Path prepared) {
                Map<String, Double> figures =
                        new LinkedHashMap<>(metrics(Task.RETRIEVAL, prepared.resolve("entailments"), model, "ndcg@10"));
                figures.putAll(metrics(Task.PAIRS, prepared.resolve("entailed-or-not"), model, "auc"));
                return figures;
            }
        },
        /** Titles and abstracts of papers without any question; judged by questions that people asked of them. */
        ABSTRACTS("SciFact's 5,183 abstracts", "retrieval: scifact test, texts cut at 128 tokens") {
            @Override
            Path learned(Path data, Path prepared) throws IOException {
                Path file = prepared.resolve("abstracts.jsonl");
                if (Files.exists(file)) {
                    return file;
                }
                try (Stream<Document> documents =
                        RetrievalData.open(data.resolve("scifact"), "test").documents()) {
                    return write(
                            file,
                            documents
                                    .map(document -> Map.<String, Object>of("anchor", document.content()))
                                    .toList());
                }
            }

            @Override
            Map<String, Double> judged(Embedder model, Path data, Path prepared) {
                return metrics(Task.RETRIEVAL, data.resolve("scifact"), model, "ndcg@10", "recall@100");
            }
        },
        /** As {@link #ENTAILMENTS}, with texts that a model finds near each premise, hardest first. */
        MINED(
                "SNLI's entailed pairs, four of five, each with the eight texts that all-MiniLM-L6-v2 holds nearest to the premise, "
                        + "without those within 0.05 of what follows",
                "retrieval: the fifth of five") {
            @Override
            Path learned(Path data, Path prepared) throws IOException {
                return mined(ENTAILMENTS.learned(data, prepared), prepared);
            }

            @Override
            Map<String, Double> judged(Embedder model, Path data, Path prepared) {
                return metrics(Task.RETRIEVAL, prepared.resolve("entailments"), model, "ndcg@10");
            }
        };

        private final String words;
        private final String judge;

        Source(String words, String judge) {
            this.words = words;
            this.judge = judge;
        }

        /** The file to learn from, made if it is not there yet. */
        abstract Path learned(Path data, Path prepared) throws IOException;

        abstract Map<String, Double> judged(Embedder model, Path data, Path prepared);

        /** The same with the folder of the model, where more than its vectors is judged. */
        Map<String, Double> judged(Embedder model, Path directory, Path data, Path prepared) {
            return judged(model, data, prepared);
        }
    }

    private static Path mined(Path learned, Path prepared) throws IOException {
        Path file = prepared.resolve("entailments-mined.jsonl");
        if (Files.exists(file)) {
            return file;
        }
        List<HardNegatives.Pair> pairs;
        try (Stream<String> lines = Files.lines(learned)) {
            pairs = lines.map(line -> Json.parse(learned.toString(), line))
                    .map(row -> new HardNegatives.Pair(row.string("anchor"), row.string("positive")))
                    .toList();
        }
        MiningSettings settings = MiningSettings.defaults()
                .withNegatives(NEGATIVES)
                .withRange(0, OptionalInt.of(10 * NEGATIVES))
                .withScores(new MiningSettings.Scores(
                        OptionalDouble.empty(),
                        OptionalDouble.of(MARGIN),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        0));
        List<Map<String, Object>> rows = new ArrayList<>();
        try (Embedder miner = OnnxEmbedder.open(MINER, OnnxSettings.defaults())) {
            HardNegatives.of(pairs, List.of(), HardNegatives.Models.of(miner), settings, 1)
                    .records()
                    .forEach(record -> {
                        Map<String, Object> row = new LinkedHashMap<>();
                        row.put("anchor", record.anchor());
                        row.put("positive", record.positive());
                        for (int k = 0; k < NEGATIVES; k++) {
                            row.put(
                                    "negative_" + (k + 1),
                                    record.negatives().get(k).text());
                        }
                        rows.add(row);
                    });
        }
        return write(file, rows);
    }

    static Map<String, Double> metrics(Task task, Path path, Embedder model, String... keys) {
        var report = Evaluation.run(task, path, EvaluationOptions.defaults(), model);
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String key : keys) {
            figures.put(key, report.metric(key));
        }
        return figures;
    }

    private static Path pairsOfOneIntent(Path data, Path prepared) throws IOException {
        Path file = prepared.resolve("banking77-pairs.jsonl");
        if (Files.exists(file)) {
            return file;
        }
        Map<String, String> before = new LinkedHashMap<>();
        List<Map<String, Object>> pairs = new ArrayList<>();
        try (CsvReader<CsvRecord> rows = CsvReader.builder().ofCsvRecord(data.resolve("banking77/train.csv"))) {
            rows.stream().skip(1).forEach(row -> {
                String other = before.put(row.getField(1), row.getField(0));
                if (other != null) {
                    pairs.add(Map.of("anchor", row.getField(0), "positive", other));
                }
            });
        }
        return write(file, pairs);
    }

    /** Writes four of five pairs to learn from; every fifth becomes a collection, and pairs with and without a follower. */
    private static Path fourOfFive(Path triplets, Path prepared) throws IOException {
        Path file = prepared.resolve("entailments-to-learn.jsonl");
        if (Files.exists(file)) {
            return file;
        }
        List<JsonObject> rows;
        try (Stream<String> lines = Files.lines(triplets)) {
            rows = lines.map(line -> Json.parse(triplets.toString(), line)).toList();
        }
        List<Map<String, Object>> learned = new ArrayList<>();
        List<Map<String, Object>> documents = new ArrayList<>();
        List<Map<String, Object>> queries = new ArrayList<>();
        List<Map<String, Object>> pairs = new ArrayList<>();
        StringBuilder judgments = new StringBuilder("query-id\tcorpus-id\tscore\n");
        String earlier = rows.get(rows.size() - 1).string("positive");
        for (int i = 0; i < rows.size(); i++) {
            String premise = rows.get(i).string("anchor");
            String follows = rows.get(i).string("positive");
            if (i % ONE_IN > 0) {
                learned.add(Map.of("anchor", premise, "positive", follows));
                continue;
            }
            queries.add(Map.of("_id", "q" + i, "text", premise));
            documents.add(Map.of("_id", "d" + i, "title", "", "text", follows));
            judgments.append("q").append(i).append("\td").append(i).append("\t1\n");
            pairs.add(Map.of("text1", premise, "text2", follows, "label", 1));
            pairs.add(Map.of("text1", premise, "text2", earlier, "label", 0));
            earlier = follows;
        }
        write(prepared.resolve("entailments/corpus.jsonl"), documents);
        write(prepared.resolve("entailments/queries.jsonl"), queries);
        Path judged = prepared.resolve("entailments/qrels/test.tsv");
        Files.createDirectories(judged.resolveSibling("."));
        Files.writeString(judged, judgments);
        write(prepared.resolve("entailed-or-not/test.jsonl"), pairs);
        return write(file, learned);
    }

    static Path write(Path file, List<Map<String, Object>> rows) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        return Files.write(file, rows.stream().map(Json::line).toList());
    }

    @Override
    public Map<String, Object> budget() {
        return learned.plain(name, source.words, "", source.judge);
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path data, Path out) {
        Path prepared = out.resolveSibling("data");
        Map<String, Object> told;
        try {
            Path from = source.learned(data, prepared);
            told = learned.told(List.of(Map.of("path", from.toString())), out, seed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        told.put("recipe", arm.recipe());
        told.put("set", arm.set());
        told.putAll(arm.run());
        RunFile run = RunFile.defaults().with("effects", told);
        try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
            TextTraining.Outcome outcome = training.run();
            if (outcome.ending() != TrainingEvent.Ending.COMPLETED) {
                throw new IllegalStateException(arm.name() + ", seed " + seed + ": the run was " + outcome.ending());
            }
        }
        Path directory = out.resolve("model");
        try (TextModel model = TextModel.load(directory.toString(), seed)) {
            return source.judged(model.embedder(), directory, data, prepared);
        }
    }
}
