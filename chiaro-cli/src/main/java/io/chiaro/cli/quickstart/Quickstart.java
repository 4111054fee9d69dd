package io.chiaro.cli.quickstart;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.RandomEncoder;
import io.chiaro.eval.Report;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Ranker;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.Bm25;
import io.chiaro.search.TextIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The quickstart from end to end: make the task, judge the baselines, train, judge again, answer descriptions, leave the
 * model, the index and the report. Runs on the calling thread.
 *
 * @param directory where everything goes
 * @param steps training steps; empty for what the recipe takes
 * @param meanings of the lexicon, drawn by the seed; empty for all
 * @param seed of the task and of training
 * @param threads compute threads
 * @param say gets the lines for the user
 */
public record Quickstart(
        Path directory, OptionalInt steps, OptionalInt meanings, long seed, int threads, Consumer<String> say) {

    /** The model that is tuned. */
    public static final String BASE = "all-MiniLM-L6-v2";

    /** The folder of its index, beside that of the tuned model. */
    public static final String BASE_INDEX = "base-index";

    /** Test definitions, and of how many meanings at least there is one. */
    public static final int QUESTIONS = 2_000;

    private static final int MEANINGS_OF_QUESTION = 10;

    /** The smallest dictionary. */
    public static final int FEWEST_MEANINGS = 1_000;

    /** What is asked at the end, in words of our own: none is a definition of WordNet. */
    public static final List<String> DESCRIPTIONS = List.of(
            "a person who mends and makes shoes",
            "the feeling that you have lived through this very moment before",
            "to walk slowly without any hurry or goal",
            "a strong wind that turns in a circle and lifts things up",
            "afraid of being in small closed rooms",
            "the smell of rain on dry ground");

    private static final int ANSWERS = 5;

    /** How the quickstart trains; a test puts something quicker in its place. */
    @FunctionalInterface
    public interface Training {

        /**
         * Fine-tunes {@link #BASE} on a file of pairs (anchor, positive) and writes the model with its ONNX graph.
         *
         * @param pairs the file
         * @param run where the run keeps its checkpoints and events
         * @param model where the model goes
         */
        void train(Path pairs, Path run, Path model, OptionalInt steps, long seed, int threads);
    }

    /** Does it all. */
    public void run(Training training) throws IOException {
        QuietLucene.apply();
        refuseOthers();
        AtomicFiles.createFolder(directory);
        say.accept("reading WordNet 3.1");
        Lexicon all = Lexicon.load();
        Lexicon lexicon = meanings.isEmpty() ? all : all.sample(meanings.getAsInt(), seed);
        int questions = Math.min(QUESTIONS, lexicon.meanings().size() / MEANINGS_OF_QUESTION);
        ReverseDictionary dictionary = ReverseDictionary.of(lexicon, questions, seed);
        dictionary.counts().lines().forEach(say);
        dictionary.write(directory.resolve("data"));

        List<Document> lemmas = new ArrayList<>();
        List<Document> texts = new ArrayList<>();
        dictionary.entries().forEach(entry -> {
            lemmas.add(new Document(entry.lemma(), "", entry.lemma()));
            texts.add(new Document(entry.lemma(), "", entry.lexicalText()));
        });
        RetrievalData overLemmas = data("lemmas", lemmas, dictionary);
        EvaluationOptions options = EvaluationOptions.defaults().withSeed(seed).withThreads(threads);
        Map<String, Report> reports = new LinkedHashMap<>();
        Map<String, List<List<Hit>>> answers = new LinkedHashMap<>();

        say.accept("judging the random encoder");
        try (Embedder random = RandomEncoder.create(64, seed)) {
            reports.put("random", Evaluation.retrieval(overLemmas, options, random));
        }
        say.accept("judging BM25 over lemma, synonyms, hypernyms and examples");
        try (Ranker lexical = Bm25.create(texts.stream())) {
            reports.put("bm25", Evaluation.retrieval(data("texts for BM25", texts, dictionary), options, lexical));
        }
        OnnxSettings settings = OnnxSettings.defaults().withThreads(threads);
        say.accept("judging " + BASE);
        try (KeptVectors base = new KeptVectors(OnnxEmbedder.open(BASE, settings), BASE)) {
            reports.put("base", Evaluation.retrieval(overLemmas, options, base));
            answers.put("base", base.nearest(DESCRIPTIONS, ANSWERS));
            // Its vectors are there; what the base finds can be seen beside what the tuned model finds.
            TextIndex.write(directory.resolve(BASE_INDEX), lemmas.stream(), base);
        }

        say.accept("training");
        Path model = directory.resolve("model");
        training.train(directory.resolve("data/train.jsonl"), directory.resolve("run"), model, steps, seed, threads);

        say.accept("judging the tuned model");
        try (KeptVectors tuned = new KeptVectors(OnnxEmbedder.open(model.toString(), settings), model.toString())) {
            reports.put("tuned", Evaluation.retrieval(overLemmas, options, tuned));
            answers.put("tuned", tuned.nearest(DESCRIPTIONS, ANSWERS));
            say.accept("building the index");
            TextIndex.write(directory.resolve("index"), lemmas.stream(), tuned);
        }
        finish(dictionary.counts(), reports, answers);
    }

    /** What is trained anew takes the place of what was there, which is another quickstart's or nobody may take it away. */
    private void refuseOthers() {
        boolean own = Files.exists(directory.resolve("data/train.jsonl"));
        for (String name : List.of("model", "run")) {
            if (!own && Files.exists(directory.resolve(name))) {
                throw ChiaroException.usage(
                        "--out: expected a folder without a model, or one of an earlier quickstart, but" + " found "
                                + directory.resolve(name) + ", which would be lost. Name another.");
            }
        }
    }

    private static RetrievalData data(String name, List<Document> documents, ReverseDictionary dictionary) {
        Map<String, String> queries = new LinkedHashMap<>();
        Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();
        for (ReverseDictionary.Question question : dictionary.questions()) {
            queries.put(question.id(), question.definition());
            Map<String, Integer> grades = new LinkedHashMap<>();
            question.lemmas().forEach(lemma -> grades.put(lemma, 1));
            judgments.put(question.id(), grades);
        }
        return RetrievalData.of("reverse dictionary of WordNet 3.1, " + name, "test", documents, queries, judgments);
    }

    private void finish(
            ReverseDictionary.Counts counts, Map<String, Report> reports, Map<String, List<List<Hit>>> answers) {
        say.accept("");
        table(reports).forEach(say);
        say.accept("");
        for (int i = 0; i < DESCRIPTIONS.size(); i++) {
            say.accept(DESCRIPTIONS.get(i));
            for (Map.Entry<String, List<List<Hit>>> entry : answers.entrySet()) {
                say.accept(String.format(
                        Locale.ROOT,
                        "  %-6s %s",
                        entry.getKey(),
                        ids(entry.getValue().get(i))));
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        reports.forEach((name, report) -> document.put(name, report.metrics()));
        document.put("answers", answersDocument(answers));
        document.put("protocol", protocol(counts, reports));
        Json.write(directory.resolve("report.json"), document);
        QuickstartPage.write(directory.resolve("report.html"), counts, reports, answers);
        say.accept("");
        say.accept("wrote " + directory.resolve("report.html") + ", report.json, model/, index/, base-index/");
    }

    private Map<String, Object> protocol(ReverseDictionary.Counts counts, Map<String, Report> reports) {
        Map<String, Object> protocol = new LinkedHashMap<>();
        protocol.put("seed", seed);
        protocol.put("threads", threads);
        protocol.put("base", BASE);
        protocol.put("counts", counts);
        protocol.put("rules", counts.lines());
        reports.forEach((name, report) -> protocol.put(name, report.protocol()));
        return protocol;
    }

    private static List<Map<String, Object>> answersDocument(Map<String, List<List<Hit>>> answers) {
        List<Map<String, Object>> documents = new ArrayList<>();
        for (int i = 0; i < DESCRIPTIONS.size(); i++) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("description", DESCRIPTIONS.get(i));
            int position = i;
            answers.forEach((name, hits) ->
                    document.put(name, hits.get(position).stream().map(Hit::id).toList()));
            documents.add(document);
        }
        return documents;
    }

    /** The table that is printed at the end. */
    static List<String> table(Map<String, Report> reports) {
        List<String> keys = List.of("ndcg@10", "mrr@10", "recall@10", "recall@100");
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-8s", ""));
        keys.forEach(key -> head.append(String.format(Locale.ROOT, "%12s", key)));
        lines.add(head.toString());
        reports.forEach((name, report) -> {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", name));
            keys.forEach(key -> line.append(String.format(Locale.ROOT, "%12.4f", report.metric(key))));
            lines.add(line.toString());
        });
        return lines;
    }

    /** The lemmas of hits, in one line. */
    static String ids(List<Hit> hits) {
        return String.join(", ", hits.stream().map(Hit::id).toList());
    }

    /** An embedder that keeps the vectors of documents, so that judging, answering and indexing compute them once. */
    static final class KeptVectors implements Embedder {

        private final Embedder embedder;
        private final String name;
        private final Map<String, float[]> vectors = new LinkedHashMap<>();

        /**
         * Keeps the vectors of a model.
         *
         * @param name by which an index finds the model again
         */
        KeptVectors(Embedder embedder, String name) {
            this.embedder = embedder;
            this.name = name;
        }

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            if (role != TextRole.DOCUMENT) {
                return embedder.embed(texts, role);
            }
            List<String> missing = texts.stream()
                    .filter(text -> !vectors.containsKey(text))
                    .distinct()
                    .toList();
            float[][] computed = missing.isEmpty() ? new float[0][] : embedder.embed(missing, role);
            for (int i = 0; i < computed.length; i++) {
                vectors.put(missing.get(i), computed[i]);
            }
            return texts.stream().map(vectors::get).toArray(float[][]::new);
        }

        /** For each query the kept texts whose vectors have the greatest dot product with its own, best first. */
        List<List<Hit>> nearest(List<String> queries, int count) {
            List<List<Hit>> nearest = new ArrayList<>();
            for (float[] query : embedder.embed(queries, TextRole.QUERY)) {
                List<Hit> hits = new ArrayList<>();
                vectors.forEach((text, vector) -> {
                    float score = 0;
                    for (int i = 0; i < query.length; i++) {
                        score += query[i] * vector[i];
                    }
                    hits.add(new Hit(text, score));
                });
                hits.sort((a, b) -> Float.compare(b.score(), a.score()));
                nearest.add(List.copyOf(hits.subList(0, Math.min(count, hits.size()))));
            }
            return nearest;
        }

        @Override
        public ModelDescription description() {
            return embedder.description().withName(name);
        }

        @Override
        public void close() {
            vectors.clear();
            embedder.close();
        }
    }
}
