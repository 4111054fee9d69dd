package io.chiaro.cli.judging;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.ChiaroException;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.PairJudgement;
import io.chiaro.eval.RandomEncoder;
import io.chiaro.eval.Report;
import io.chiaro.eval.RerankingData;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.RetrievalJudgement;
import io.chiaro.eval.Task;
import io.chiaro.model.DenseRanker;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.LateInteractionReranker;
import io.chiaro.model.LateInteractionSearch;
import io.chiaro.model.Ranker;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.Reranker;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseRanker;
import io.chiaro.model.SparseVector;
import io.chiaro.search.Bm25;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.HybridWeight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Judges a model or a baseline on a task. */
public final class Judging {

    private static final int RANDOM_DIMENSION = 384;

    private Judging() {}

    /** Judges, says the table with its protocol, and returns the report's document. */
    public static Object run(
            Output output,
            @Nullable String model,
            @Nullable String baseline,
            @Nullable Integer first,
            @Nullable Integer active,
            String taskKey,
            Path data,
            Map<String, String> columns,
            String split,
            Optional<Path> run,
            Optional<Path> page,
            long seed,
            int threads) {
        Task task = Task.of(taskKey);
        EvaluationOptions options = EvaluationOptions.defaults()
                .withSplit(split)
                .withSeed(seed)
                .withThreads(threads)
                .withColumns(columns)
                .withRun(run);
        Report report;
        if (model != null) {
            try (Embedder embedder = Models.open(model, threads, first, active)) {
                report = judged(task, located(data), options, embedder, page);
            }
        } else if ("random".equals(baseline)) {
            try (Embedder embedder = RandomEncoder.create(RANDOM_DIMENSION, seed)) {
                report = judged(task, located(data), options, embedder, page);
            }
        } else {
            OptionValues.oneOf("--baseline", String.valueOf(baseline), "bm25", "random");
            report = lexical(task, located(data), options, page);
        }
        output.say(report.table().stripTrailing());
        return report.document();
    }

    private static Report judged(
            Task task, Path data, EvaluationOptions options, Embedder embedder, Optional<Path> page) {
        if (page.isEmpty()) {
            return Evaluation.run(task, data, options, embedder);
        }
        if (task == Task.RETRIEVAL) {
            RetrievalData collection = RetrievalData.open(data, options.split());
            return shown(Evaluation.judgeRetrieval(collection, options, embedder), collection, page);
        }
        PairJudgement judged = Evaluation.pairs(data, options, embedder);
        PairPage.write(judged, page.get());
        return judged.report();
    }

    private static Report shown(RetrievalJudgement judged, RetrievalData collection, Optional<Path> page) {
        page.ifPresent(file -> RetrievalPage.write(judged, collection, file));
        return judged.report();
    }

    /**
     * How much vectors count beside words.
     *
     * @param weight from 0 to 1
     * @param by the split of the data whose judged queries choose what weight was not told, a reranker's among them
     */
    public record VectorWeight(Optional<Double> weight, Optional<String> by) {}

    /**
     * A retrieval in which something else than a model alone ranks.
     *
     * @param model that finds by vectors; if there is none, BM25 finds
     * @param fusion of the model with BM25, where both find
     * @param vectorWeight of the model then, or the split whose judged queries choose it
     * @param reranking what puts the first of what was found in order
     * @param page where a page of it goes
     */
    public record Found(
            Optional<String> model,
            Optional<String> fusion,
            VectorWeight vectorWeight,
            RerankOptions reranking,
            Path data,
            String split,
            Optional<Path> run,
            Optional<Path> page,
            int threads) {

        private Ranker ranker(RetrievalData collection) {
            Ranker first = first(collection);
            try {
                return reranked(first, collection);
            } catch (RuntimeException e) {
                first.close();
                throw e;
            }
        }

        private Ranker reranked(Ranker first, RetrievalData collection) {
            String directory = reranking.rerank;
            if (directory == null) {
                return first;
            }
            RerankedRanker ranker = new RerankedRanker(
                    first,
                    Models.openReranker("--rerank", directory, threads),
                    texts(collection)::get,
                    reranking.depth(),
                    reranking.weight().orElse(RerankedRanker.ALONE));
            if (vectorWeight.by().isEmpty() || reranking.weight().isPresent()) {
                return ranker;
            }
            String by = vectorWeight.by().get();
            RerankedRanker weighed;
            try {
                RetrievalData judged = RetrievalData.open(located(data), by);
                weighed = ranker.weighedBy(judged.queries(), judged.judgments());
            } catch (RuntimeException e) {
                // The first stage is closed by who opened it.
                ranker.reranker().close();
                throw e;
            }
            return new Described(weighed, weighed.description() + ", chosen by the split \"" + by + "\"");
        }

        private Ranker first(RetrievalData collection) {
            if (model.isEmpty()) {
                return words(collection);
            }
            Ranker vectors = vectors(collection, model.get());
            try {
                return fusion.<Ranker>map(named -> {
                            Ranker words = words(collection);
                            Fusion fused = Fusion.named(named);
                            Ranker both = new HybridRanker(words, vectors, fused, weight(words, vectors, fused));
                            return vectorWeight
                                    .by()
                                    .filter(judged -> vectorWeight.weight().isEmpty())
                                    .<Ranker>map(judged -> new Described(
                                            both, both.description() + ", chosen by the split \"" + judged + "\""))
                                    .orElse(both);
                        })
                        .orElse(vectors);
            } catch (RuntimeException e) {
                vectors.close();
                throw e;
            }
        }

        private double weight(Ranker words, Ranker vectors, Fusion fused) {
            if (vectorWeight.by().isEmpty() || vectorWeight.weight().isPresent()) {
                return vectorWeight.weight().orElse(HybridRanker.EVEN);
            }
            RetrievalData judged =
                    RetrievalData.open(located(data), vectorWeight.by().get());
            return HybridWeight.chosen(words, vectors, fused, judged.queries(), judged.judgments());
        }

        private static Ranker words(RetrievalData collection) {
            try (Stream<Document> documents = collection.documents()) {
                return Bm25.create(documents);
            }
        }

        private Ranker vectors(RetrievalData collection, String name) {
            Embedder embedder = Models.open(name, threads);
            try (Stream<Document> documents = collection.documents()) {
                return new Closing(DenseRanker.create(embedder, documents, threads), embedder);
            } catch (RuntimeException e) {
                embedder.close();
                throw e;
            }
        }

        private static Map<String, String> texts(RetrievalData collection) {
            try (Stream<Document> documents = collection.documents()) {
                return documents.collect(Collectors.toMap(Document::id, Document::content, (one, same) -> one));
            }
        }
    }

    /** A ranker of which more is said. */
    private record Described(Ranker ranker, String description) implements Ranker {

        @Override
        public List<Hit> rank(String query, int depth) {
            return ranker.rank(query, depth);
        }

        @Override
        public void close() {
            ranker.close();
        }
    }

    /** A ranker that is closed with the model that it embeds queries by. */
    private record Closing(Ranker ranker, Embedder embedder) implements Ranker {

        @Override
        public List<Hit> rank(String query, int depth) {
            return ranker.rank(query, depth);
        }

        @Override
        public String description() {
            return ranker.description();
        }

        @Override
        public void close() {
            try (ranker;
                    embedder) {
                // both are closed
            }
        }
    }

    /** Judges what finds and what reranks on a retrieval task. */
    public static Object found(Output output, Found told) {
        QuietLucene.apply();
        EvaluationOptions options = EvaluationOptions.defaults()
                .withSplit(told.split())
                .withThreads(told.threads())
                .withRun(told.run());
        RetrievalData collection = RetrievalData.open(located(told.data()), told.split());
        Report report;
        try (Ranker ranker = told.ranker(collection)) {
            report = shown(Evaluation.judgeRetrieval(collection, options, ranker), collection, told.page());
        }
        output.say(report.table().stripTrailing());
        return report.document();
    }

    /** Judges the exact search of a late-interaction model. */
    public static Object lateInteraction(
            Output output,
            String model,
            Path data,
            String split,
            Optional<Path> run,
            Optional<Path> page,
            int threads) {
        EvaluationOptions options = EvaluationOptions.defaults()
                .withSplit(split)
                .withThreads(threads)
                .withRun(run);
        RetrievalData collection = RetrievalData.open(located(data), split);
        Report report;
        try (LateInteractionReranker opened = Models.openLateInteraction(model, threads);
                Stream<Document> documents = collection.documents();
                Ranker ranker = LateInteractionSearch.of(
                        opened,
                        documents,
                        collection.queries().values().stream().distinct().toList(),
                        options.depth() + 1,
                        threads)) {
            report = shown(Evaluation.judgeRetrieval(collection, options, ranker), collection, page);
        }
        output.say(report.table().stripTrailing());
        return report.document();
    }

    /** Judges the exact search of a sparse encoder, and says how sparse it is. */
    public static Object sparse(
            Output output,
            String model,
            Path data,
            String split,
            Optional<Path> run,
            Optional<Path> page,
            int threads) {
        EvaluationOptions options = EvaluationOptions.defaults()
                .withSplit(split)
                .withThreads(threads)
                .withRun(run);
        RetrievalData collection = RetrievalData.open(located(data), split);
        try (SparseEmbedder opened = Models.openSparse("--model", model, threads);
                Stream<Document> documents = collection.documents();
                SparseRanker ranker = SparseRanker.create(opened, documents)) {
            Report report = shown(Evaluation.judgeRetrieval(collection, options, ranker), collection, page);
            List<String> queries = List.copyOf(collection.queries().values());
            double active = opened.embed(queries).stream()
                    .mapToInt(SparseVector::size)
                    .average()
                    .orElse(0);
            double products = ranker.products(queries);
            output.say(report.table().stripTrailing());
            output.say(String.format(
                    Locale.ROOT,
                    "sparse: %.1f weights a query, %.1f a document, %.2f products for a query with a document (FLOPS)",
                    active,
                    ranker.activeOfDocument(),
                    products));
            Map<String, Object> document = new LinkedHashMap<>(report.document());
            document.put("active-of-query", active);
            document.put("active-of-document", ranker.activeOfDocument());
            document.put("flops", products);
            return document;
        }
    }

    /** Judges a reranker on the candidates of each query. */
    public static Object scorer(
            Output output, String model, Path data, Map<String, String> columns, String split, long seed, int threads) {
        EvaluationOptions options = EvaluationOptions.defaults()
                .withSplit(split)
                .withSeed(seed)
                .withThreads(threads)
                .withColumns(columns);
        Path file = located(data);
        Report report;
        try (Reranker reranker = Models.openReranker("--model", model, threads)) {
            report = Evaluation.reranking(RerankingData.open(file, options), file.toString(), options, reranker);
        }
        output.say(report.table().stripTrailing());
        return report.document();
    }

    private static Report lexical(Task task, Path data, EvaluationOptions options, Optional<Path> page) {
        QuietLucene.apply();
        if (task == Task.RETRIEVAL) {
            RetrievalData collection = RetrievalData.open(data, options.split());
            try (Stream<Document> documents = collection.documents();
                    Ranker bm25 = Bm25.create(documents)) {
                return shown(Evaluation.judgeRetrieval(collection, options, bm25), collection, page);
            }
        }
        if (task == Task.RERANK) {
            RerankingData questions = RerankingData.open(data, options);
            try (Ranker bm25 = Bm25.create(questions.documents().stream())) {
                return Evaluation.reranking(questions, data.toString(), options, bm25);
            }
        }
        throw ChiaroException.usage("eval: expected --task retrieval or rerank with --baseline bm25, but found "
                + task.key() + ". Take --baseline random for other tasks.");
    }

    /** The path as given, or under the folder that CHIARO_DATA names. */
    public static Path located(Path data) {
        String folder = System.getenv("CHIARO_DATA");
        if (!Files.exists(data) && !data.isAbsolute() && folder != null) {
            Path there = Path.of(folder).resolve(data);
            if (Files.exists(there)) {
                return there;
            }
        }
        if (!Files.exists(data)) {
            throw ChiaroException.data(data.toAbsolutePath() + ": expected the data of the task, but found nothing"
                    + (folder == null ? "" : ", nor under CHIARO_DATA, " + folder)
                    + ". Check the path, or set CHIARO_DATA to the folder that holds the data sets.");
        }
        return data;
    }
}
