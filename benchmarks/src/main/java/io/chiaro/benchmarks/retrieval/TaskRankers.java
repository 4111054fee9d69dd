package io.chiaro.benchmarks.retrieval;

import io.chiaro.core.Json;
import io.chiaro.core.RunFile;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.DenseRanker;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Ranker;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.Reranker;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.Bm25;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.HybridWeight;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.Mined;
import io.chiaro.search.mining.MiningSettings;
import io.chiaro.search.mining.PseudoQueries;
import io.chiaro.text.ScorerTraining;
import io.chiaro.text.TextTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes the systems that are compared on a task: trains, mines and ranks.
 *
 * @param base the model that was not trained on the task, cut as the trained ones are
 * @param miner the same with its own limit, by which negatives are mined
 */
record TaskRankers(SearchSet set, SearchTask task, Path folder, long seed, int threads, Embedder base, Embedder miner) {

    static final String BASE = "all-MiniLM-L6-v2";

    private static final double RATE = 5e-5;
    private static final double SCORER_RATE = 2e-4;
    private static final int MOST_STEPS = 60;
    private static final int EPOCHS = 3;
    private static final int SCORER_STEPS = 60;
    private static final int SCORER_LISTS = 4;
    private static final int SCORER_NEGATIVES = 7;
    private static final int RERANKED = 20;
    private static final double MARGIN = 0.05;
    private static final int LONGEST_PAIR = 160;
    private static final int FEWEST = 30;
    private static final int MOST_ASKED = 300;
    /** One training question of so many is kept from a model, to weigh it by. */
    private static final int HELD_OUT = 5;

    private static final int MOST_HELD_OUT = 60;

    /** What training was told, for the rows. */
    Map<String, Object> budget() {
        Map<String, Object> budget = new LinkedHashMap<>();
        budget.put("base", BASE);
        budget.put("max-tokens", set.maxTokens());
        budget.put("batch", set.batch());
        budget.put("epochs", EPOCHS);
        budget.put("most-steps", MOST_STEPS);
        budget.put("learning-rate", RATE);
        budget.put("negatives", "1 mined by the base, relative margin " + MARGIN);
        budget.put("unsupervised", "1 pair a document by " + task.method().key());
        budget.put("weight of the vectors", "by the base on the first " + MOST_ASKED + " training pairs, else even");
        budget.put(
                "their own weight",
                "by a model that learned without them, on the first " + MOST_ASKED + " of each " + HELD_OUT
                        + "th training question");
        budget.put(
                "reranker",
                "contrastive, " + SCORER_STEPS + " steps of " + SCORER_LISTS + " lists of 1 and " + SCORER_NEGATIVES
                        + " mined, rate " + SCORER_RATE + ", the first " + RERANKED);
        budget.put(
                "weight of the reranker",
                "by the first " + MOST_HELD_OUT + " of each " + HELD_OUT
                        + "th training question, of which it has learned nothing");
        return budget;
    }

    Ranker words() {
        return Bm25.create(task.documents().stream());
    }

    /** The model that was not trained on anything here, cut at so many tokens; the caller closes it. */
    static Embedder openBase(int maxTokens, int threads) {
        return new RememberingEmbedder(
                OnnxEmbedder.open(BASE, OnnxSettings.defaults().withThreads(threads)), maxTokens);
    }

    /** The same with its own limit. */
    static Embedder openMiner(int threads) {
        OnnxEmbedder model = OnnxEmbedder.open(BASE, OnnxSettings.defaults().withThreads(threads));
        return new RememberingEmbedder(model, model.description().maxTokens());
    }

    Ranker baseVectors() {
        return DenseRanker.create(base, task.documents().stream(), threads);
    }

    Ranker vectors(Path model) {
        return vectors(model, task.documents());
    }

    private Ranker vectors(Path model, List<Document> documents) {
        Embedder embedder =
                OnnxEmbedder.open(model.toString(), OnnxSettings.defaults().withThreads(threads));
        return DenseRanker.owning(embedder, documents.stream(), threads);
    }

    static Ranker both(Ranker words, Ranker vectors, double vectorWeight) {
        return new HybridRanker(words, vectors, Fusion.SCORES, vectorWeight);
    }

    /**
     * How much vectors count beside words: as it serves the base best on training questions, which the study has not taught the base; even
     * where there are none. The tuned model has learned from them, so that they would flatter its vectors.
     */
    double vectorWeight() {
        List<HardNegatives.Pair> first =
                task.pairs().subList(0, Math.min(MOST_ASKED, task.pairs().size()));
        if (first.isEmpty()) {
            return HybridRanker.EVEN;
        }
        Asked asked = asked(first.stream().map(HardNegatives.Pair::anchor).collect(Collectors.toSet()));
        try (Ranker words = Bm25.create(asked.documents().stream());
                Ranker vectors = DenseRanker.create(base, asked.documents().stream(), threads)) {
            return HybridWeight.chosen(words, vectors, Fusion.SCORES, asked.queries(), asked.judgments());
        }
    }

    /**
     * How much vectors of a tuned model count beside words: as it serves a model best that was tuned alike, on training questions of which
     * that one has learned nothing.
     */
    double tunedWeight() {
        Set<String> kept = heldOut(MOST_ASKED);
        Asked asked = asked(kept);
        try (Ranker words = Bm25.create(asked.documents().stream());
                Ranker vectors = vectors(tuned("tuned without some", kept), asked.documents())) {
            return HybridWeight.chosen(words, vectors, Fusion.SCORES, asked.queries(), asked.judgments());
        }
    }

    /**
     * Training questions as a task of their own.
     *
     * @param documents what is mined among, with all answers
     */
    private record Asked(
            List<Document> documents, Map<String, String> queries, Map<String, Map<String, Integer>> judgments) {}

    private Asked asked(Set<String> questions) {
        Map<String, String> ids = new LinkedHashMap<>();
        Stream.concat(task.texts().stream(), task.pairs().stream().map(HardNegatives.Pair::positive))
                .forEach(text -> ids.putIfAbsent(text, "d" + ids.size()));
        Map<String, String> queries = new LinkedHashMap<>();
        Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();
        task.pairs().stream().filter(pair -> questions.contains(pair.anchor())).forEach(pair -> {
            queries.putIfAbsent(pair.anchor(), pair.anchor());
            judgments
                    .computeIfAbsent(pair.anchor(), key -> new LinkedHashMap<>())
                    .put(Objects.requireNonNull(ids.get(pair.positive())), 1);
        });
        List<Document> documents = ids.entrySet().stream()
                .map(text -> new Document(text.getValue(), "", text.getKey()))
                .toList();
        return new Asked(documents, queries, judgments);
    }

    /** A cross-encoder; the caller closes it. */
    Reranker reranker(Path scorer) {
        return new RememberingReranker(OnnxCrossEncoder.open(
                CrossEncoderDirectory.open(scorer), OnnxSettings.defaults().withThreads(threads)));
    }

    static RerankedRanker reranked(Ranker first, Reranker reranker, List<Document> documents, double weight) {
        Map<String, String> texts = documents.stream().collect(Collectors.toMap(Document::id, Document::content));
        return new RerankedRanker(first, reranker, id -> texts.getOrDefault(id, ""), RERANKED, weight);
    }

    /**
     * How much a reranker's scores count beside those of the tuned hybrid: as it serves training questions best from which the reranker
     * has not learned. The tuned model has, so that its scores count rather more than they should.
     */
    double scorerWeight(Path tuned, Reranker reranker, double vectorWeight) {
        Asked asked = asked(heldOut(MOST_HELD_OUT));
        try (Ranker words = Bm25.create(asked.documents().stream());
                Ranker vectors = vectors(tuned, asked.documents())) {
            return reranked(both(words, vectors, vectorWeight), reranker, asked.documents(), RerankedRanker.ALONE)
                    .weighedBy(asked.queries(), asked.judgments())
                    .weight();
        }
    }

    private Set<String> heldOut(int most) {
        List<String> questions =
                task.pairs().stream().map(HardNegatives.Pair::anchor).distinct().toList();
        return IntStream.range(0, questions.size())
                .filter(at -> at % HELD_OUT == HELD_OUT - 1)
                .limit(most)
                .mapToObj(questions::get)
                .collect(Collectors.toSet());
    }

    /** A model that learned from the collection alone. */
    Path unsupervised() {
        List<Map<String, Object>> lines = new ArrayList<>();
        new PseudoQueries(task.method(), 1, seed)
                .of(
                        () -> task.documents().stream(),
                        pair -> lines.add(line(pair.anchor(), pair.positive(), List.of())));
        return trained("unsupervised", lines);
    }

    /** A model that learned from the training pairs with a mined negative each. */
    Path tuned() {
        return tuned("tuned", Set.of());
    }

    private Path tuned(String name, Set<String> kept) {
        List<HardNegatives.Pair> pairs = task.pairs().stream()
                .filter(pair -> !kept.contains(pair.anchor()))
                .toList();
        List<Mined.Example> mined = mined(1).records().stream()
                .filter(record -> !kept.contains(record.anchor()))
                .toList();
        List<Map<String, Object>> lines = new ArrayList<>();
        if (2 * mined.size() >= pairs.size()) {
            mined.forEach(record -> lines.add(line(record.anchor(), record.positive(), texts(record))));
        } else {
            // The collection is too small to hold negatives for most.
            pairs.forEach(pair -> lines.add(line(pair.anchor(), pair.positive(), List.of())));
        }
        return trained(name, lines);
    }

    /** Whether there is enough to teach a cross-encoder. */
    boolean teachesScorer() {
        return task.pairs().size() >= FEWEST
                && mined(SCORER_NEGATIVES).records().size() >= FEWEST;
    }

    /** A cross-encoder that learned from the training pairs that are not held out, with mined negatives. */
    Path scorer() {
        Set<String> heldOut = heldOut(MOST_HELD_OUT);
        List<Map<String, Object>> lines = new ArrayList<>();
        mined(SCORER_NEGATIVES).records().stream()
                .filter(record -> !heldOut.contains(record.anchor()))
                .forEach(record -> lines.add(line(record.anchor(), record.positive(), texts(record))));
        Map<String, Object> told = told("reranker", lines);
        told.put("recipe", ScorerTraining.CROSS_ENCODER);
        told.put(
                "set",
                Map.of(
                        "loss",
                        "contrastive",
                        "list",
                        String.valueOf(1 + SCORER_NEGATIVES),
                        "max-tokens",
                        String.valueOf(Math.min(2 * set.maxTokens(), LONGEST_PAIR))));
        told.put("batch", SCORER_LISTS);
        told.put("steps", SCORER_STEPS);
        told.put("checkpoint-steps", SCORER_STEPS);
        told.put("learning-rate", SCORER_RATE);
        RunFile run = RunFile.defaults().with("retrieval", told);
        try (ScorerTraining training = ScorerTraining.start(run, ScorerTraining.Options.defaults())) {
            training.run();
        }
        return folder.resolve("reranker/model");
    }

    private Mined mined(int negatives) {
        MiningSettings settings = MiningSettings.defaults()
                .withNegatives(negatives)
                .withRange(0, OptionalInt.of(10 * negatives))
                .withScores(new MiningSettings.Scores(
                        OptionalDouble.empty(),
                        OptionalDouble.of(MARGIN),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        0));
        List<Document> texts =
                task.texts().stream().map(text -> new Document("", "", text)).toList();
        return HardNegatives.of(task.pairs(), texts, HardNegatives.Models.of(miner), settings, threads);
    }

    private Path trained(String name, List<Map<String, Object>> lines) {
        return trained(name, lines, "info-nce", MOST_STEPS);
    }

    /** A model that learned from lines of data by a recipe. */
    Path trained(String name, List<Map<String, Object>> lines, String recipe, int mostSteps) {
        Map<String, Object> told = told(name, lines);
        int epoch = Math.max(1, lines.size() / set.batch());
        int steps = Math.min(mostSteps, EPOCHS * epoch);
        told.put("recipe", recipe);
        told.put("set", Map.of("max-tokens", String.valueOf(set.maxTokens())));
        told.put("batch", Math.min(set.batch(), lines.size()));
        told.put("steps", steps);
        told.put("checkpoint-steps", steps);
        told.put("learning-rate", RATE);
        RunFile run = RunFile.defaults().with("retrieval", told);
        try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
            training.run();
        }
        return folder.resolve(name).resolve("model");
    }

    private Map<String, Object> told(String name, List<Map<String, Object>> lines) {
        Path file = folder.resolve(name + ".jsonl");
        try {
            Files.createDirectories(folder);
            Files.write(file, lines.stream().map(Json::line).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", file.toString())));
        told.put("base", BASE);
        told.put("out", folder.resolve(name).toString());
        told.put("seed", seed);
        return told;
    }

    private static List<String> texts(Mined.Example record) {
        return record.negatives().stream().map(Mined.Negative::text).toList();
    }

    private static Map<String, Object> line(String anchor, String positive, List<String> negatives) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("anchor", anchor);
        line.put("positive", positive);
        if (!negatives.isEmpty()) {
            line.put("negative", negatives.size() == 1 ? negatives.get(0) : negatives);
        }
        return line;
    }
}
