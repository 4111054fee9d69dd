package io.chiaro.benchmarks.effects;

import io.chiaro.benchmarks.LearningData;
import io.chiaro.core.Json;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.Task;
import io.chiaro.model.Document;
import io.chiaro.text.ModelSoup;
import io.chiaro.text.TaskTraining;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One encoder for search and for similarity: the claims of SciFact's training split with the abstracts that answer them, and the scored
 * pairs of the STS benchmark. Judged on SciFact's test claims among the abstracts that answer any of them, and on STS-B's test part.
 *
 * <p>An arm is named for how the two are put together: {@link #AT_ONCE}, {@link #IN_TURN}, or a {@link #SOUP} of two models that learned
 * from one each, for half the batches, with its form. {@link #UNTRAINED} is the base.
 */
record TaskBench() implements Bench {

    static final String AT_ONCE = "info-nce";
    static final String IN_TURN = "codiemb-similarity";
    static final String SOUP = "soup";
    static final String UNTRAINED = "base";
    static final String FOUND = "ndcg@10";
    static final String CORRELATION = "spearman";

    private static final TextBudget BUDGET = new TextBudget("all-MiniLM-L6-v2", 60, 16, 5e-5);
    private static final double ALIKE = 0.8;
    private static final Map<String, String> SHORT = Map.of("max-tokens", "64");

    @Override
    public String name() {
        return "search and similarity";
    }

    @Override
    public Map<String, Object> budget() {
        return BUDGET.plain(
                name(),
                "SciFact's training claims with their abstracts, cut at 64 tokens, and STS-B's train part, at once as pairs whose "
                        + "score is at least 4 of 5",
                "",
                "retrieval: SciFact's test claims among their abstracts; sts: stsb test");
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path data, Path out) {
        try {
            Path prepared = prepared(data, out.resolveSibling("data"));
            TextModel model = switch (arm.recipe()) {
                case UNTRAINED -> TextModel.load(BUDGET.base(), seed);
                case AT_ONCE -> {
                    Map<String, Object> told =
                            told(BUDGET, List.of(source(prepared, "at-once.jsonl")), out.resolve("run"), seed);
                    told.put("recipe", AT_ONCE);
                    yield alone(told);
                }
                case IN_TURN -> inTurn(prepared, seed, out.resolve("run"));
                case SOUP -> soup(arm.set().getOrDefault("form", ""), prepared, seed, out);
                default -> throw new IllegalArgumentException("TaskBench: unknown arm " + arm.name());
            };
            try (model) {
                Map<String, Double> figures = new LinkedHashMap<>(
                        TextBench.metrics(Task.STS, data.resolve("stsb"), model.embedder(), CORRELATION));
                figures.put(
                        FOUND,
                        Evaluation.retrieval(claims(data), EvaluationOptions.defaults(), model.embedder())
                                .metric(FOUND));
                return figures;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TextModel soup(String form, Path prepared, long seed, Path out) {
        TextBudget half = BUDGET.withSteps(BUDGET.steps() / 2);
        Map<String, Object> search = told(half, List.of(source(prepared, "claims.jsonl")), out.resolve("search"), seed);
        search.put("recipe", AT_ONCE);
        Map<String, Object> similarity =
                told(half, List.of(source(prepared, "scored.jsonl")), out.resolve("similarity"), seed);
        similarity.put("recipe", IN_TURN);
        alone(search).close();
        alone(similarity).close();
        List<String> models = Stream.of("search", "similarity")
                .map(run -> out.resolve(run).resolve("model").toString())
                .toList();
        return switch (form) {
            case "delta" -> ModelSoup.deltaGuided(BUDGET.base(), models).model();
            case "uniform" -> ModelSoup.uniform(models).model();
            default -> throw new IllegalArgumentException("TaskBench: unknown form " + form);
        };
    }

    private static TextModel alone(Map<String, Object> told) {
        RunFile run = RunFile.defaults().with("effects", told);
        try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
            training.run();
        }
        return TextModel.load(told.get("out") + "/model", run.seed());
    }

    private static TextModel inTurn(Path prepared, long seed, Path out) {
        Map<String, Object> told = told(
                BUDGET,
                List.of(
                        task("retrieval", AT_ONCE, prepared, "claims.jsonl"),
                        task("similarity", IN_TURN, prepared, "scored.jsonl")),
                out,
                seed);
        RunFile run = RunFile.defaults().with("effects", told);
        try (TaskTraining training = TaskTraining.start(run, TextTraining.Options.defaults())) {
            training.run();
        }
        return TextModel.load(told.get("out") + "/model", run.seed());
    }

    private static Map<String, Object> told(TextBudget budget, List<?> sources, Path out, long seed) {
        Map<String, Object> told = budget.told(sources, out, seed);
        told.put("set", SHORT);
        return told;
    }

    private static Map<String, Object> source(Path prepared, String file) {
        return Map.of("path", prepared.resolve(file).toString());
    }

    private static Map<String, Object> task(String name, String recipe, Path prepared, String file) {
        Map<String, Object> source = new LinkedHashMap<>(source(prepared, file));
        source.put("weight", 1.0);
        source.put("task", Map.of("name", name, "recipe", recipe, "batch", BUDGET.batch()));
        return source;
    }

    /** The test claims among the abstracts that answer any of them. */
    private static RetrievalData claims(Path data) {
        RetrievalData all = RetrievalData.open(data.resolve("scifact"), "test");
        Set<String> answers = all.judgments().values().stream()
                .flatMap(found -> found.keySet().stream())
                .collect(Collectors.toSet());
        try (Stream<Document> documents = all.documents()) {
            return RetrievalData.of(
                    "scifact answers",
                    "test",
                    documents
                            .filter(document -> answers.contains(document.id()))
                            .toList(),
                    all.queries(),
                    all.judgments());
        }
    }

    /** The folder of {@code claims.jsonl}, {@code scored.jsonl} and {@code at-once.jsonl}. */
    private static Path prepared(Path data, Path folder) throws IOException {
        Path tasks = folder.resolve("tasks");
        if (Files.exists(tasks.resolve("at-once.jsonl"))) {
            return tasks;
        }
        RetrievalData train = RetrievalData.open(data.resolve("scifact"), "train");
        Map<String, String> texts;
        try (Stream<Document> documents = train.documents()) {
            texts = documents.collect(Collectors.toMap(Document::id, Document::content));
        }
        List<Map<String, Object>> claims = new ArrayList<>();
        train.judgments()
                .forEach((query, answers) -> answers.keySet()
                        .forEach(answer -> claims.add(
                                Map.of("anchor", train.queries().get(query), "positive", texts.get(answer)))));
        List<Map<String, Object>> scored = new ArrayList<>();
        List<Map<String, Object>> atOnce = new ArrayList<>(claims);
        Path similar = LearningData.prepare(data, folder).scored();
        try (Stream<String> lines = Files.lines(similar)) {
            lines.map(line -> Json.parse(similar.toString(), line)).forEach(row -> {
                String first = row.string("anchor");
                String second = row.string("positive");
                scored.add(Map.of("anchor", first, "positive", second, "score", row.number("score")));
                if (row.number("score") >= ALIKE) {
                    atOnce.add(Map.of("anchor", first, "positive", second));
                }
            });
        }
        TextBench.write(tasks.resolve("claims.jsonl"), claims);
        TextBench.write(tasks.resolve("scored.jsonl"), scored);
        TextBench.write(tasks.resolve("at-once.jsonl"), atOnce);
        return tasks;
    }
}
