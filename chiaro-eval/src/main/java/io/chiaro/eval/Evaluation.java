package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.RandomStream;
import io.chiaro.core.metric.ClusterAgreement;
import io.chiaro.core.metric.Correlation;
import io.chiaro.core.metric.EmbeddingGeometry;
import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.core.metric.ScoredLabels;
import io.chiaro.core.metric.Triplets;
import io.chiaro.data.KMeans;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.NearestDocuments;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.Ranker;
import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Judges an embedder or a ranker on a task. Equal data, options and vectors give equal figures, whatever the number of
 * threads; nothing of the data is left out without a count or a note in the protocol.
 *
 * <p>All methods use the system from the calling thread only and never close it.
 */
public final class Evaluation {

    private static final String COSINE = "cosine";
    private static final int SAMPLE = 1000;
    private static final int RELEVANT_KEPT = 20_000;
    private static final double PROBE_STRENGTH = 1.0;
    private static final int PROBE_ITERATIONS = 200;
    private static final int CLUSTER_STARTS = 3;
    private static final int CLUSTERED = 16_384;

    private Evaluation() {}

    /**
     * Judges an embedder on a data set that is stored in one of the formats that the task reads.
     *
     * @param data a file or folder
     * @throws ChiaroException if the data cannot be read as the task needs them
     */
    public static Report run(Task task, Path data, EvaluationOptions options, Embedder embedder) {
        return switch (task) {
            case STS -> similarity(data, options, embedder);
            case RETRIEVAL -> retrieval(RetrievalData.open(data, options.split()), options, embedder);
            case RERANK -> reranking(RerankingData.open(data, options), data.toString(), options, embedder);
            case PAIRS -> pairs(data, options, embedder).report();
            case TRIPLETS -> triplets(data, options, embedder);
            case CLASSIFY -> classification(data, options, embedder);
            case CLUSTER -> clustering(data, options, embedder);
        };
    }

    // Similarity ----------------------------------------------------------------------------------------------------

    private static Report similarity(Path path, EvaluationOptions options, Embedder embedder) {
        SimilarityData data = SimilarityData.open(path, options.split(), options.columns());
        Draft draft = new Draft(Task.STS, path.toString(), Hashes.sha256(data.files), options, embedder);
        Geometry geometry = new Geometry(options.seed());
        Map<String, Double> first = new LinkedHashMap<>();
        double highest = data.parts.stream()
                .flatMap(part -> part.pairs().stream())
                .mapToDouble(SimilarityData.ScoredPair::score)
                .max()
                .orElse(0);
        double lowest = data.parts.stream()
                .flatMap(part -> part.pairs().stream())
                .mapToDouble(SimilarityData.ScoredPair::score)
                .min()
                .orElse(0);
        double positiveFrom = lowest + 0.8 * (highest - lowest);
        int pairs = 0;
        for (SimilarityData.Part part : data.parts) {
            float[][] left = TextVectors.of(
                    embedder,
                    part.pairs().stream().map(SimilarityData.ScoredPair::first).toList(),
                    TextRole.TEXT);
            float[][] right = TextVectors.of(
                    embedder,
                    part.pairs().stream().map(SimilarityData.ScoredPair::second).toList(),
                    TextRole.TEXT);
            double[] gold = part.pairs().stream()
                    .mapToDouble(SimilarityData.ScoredPair::score)
                    .toArray();
            double[] predicted = new double[gold.length];
            for (int i = 0; i < gold.length; i++) {
                predicted[i] = TextVectors.dot(left[i], right[i]);
                geometry.add(left[i]);
                geometry.add(right[i]);
                if (gold[i] >= positiveFrom) {
                    geometry.positive(left[i], right[i]);
                }
            }
            pairs += gold.length;
            first.put(part.name() + "/spearman", draft.defined(part.name(), Correlation.spearman(predicted, gold)));
            first.put(part.name() + "/pearson", draft.defined(part.name(), Correlation.pearson(predicted, gold)));
            if (data.parts.size() > 1) {
                draft.size(part.name() + " pairs", gold.length);
            }
        }
        for (String key : List.of("spearman", "pearson")) {
            double mean = data.parts.stream()
                    .mapToDouble(part -> Objects.requireNonNull(first.get(part.name() + "/" + key)))
                    .average()
                    .orElseThrow();
            draft.metric(
                    key,
                    mean,
                    "correlation of cosine with the gold score"
                            + (key.equals("spearman") ? ", equal values share their mean rank" : "")
                            + (data.parts.size() > 1 ? "; mean over the parts" : ""));
        }
        if (data.parts.size() > 1) {
            first.forEach((key, value) -> draft.metric(key, value, ""));
        }
        draft.size("pairs", pairs);
        if (data.unjudged() > 0) {
            draft.size("rows without a score, skipped", data.unjudged());
        }
        geometry.write(draft, String.format(Locale.ROOT, "pairs with a score of at least %.2f", positiveFrom));
        return draft.report();
    }

    // Retrieval -----------------------------------------------------------------------------------------------------

    /**
     * Judges exact dense retrieval. The collection is embedded in pieces and forgotten, so memory does not grow with it:
     * it holds the ids, the vectors of the queries and their best documents.
     */
    public static Report retrieval(RetrievalData data, EvaluationOptions options, Embedder embedder) {
        return judgeRetrieval(data, options, embedder).report();
    }

    /** The same with what was found for each query. */
    public static RetrievalJudgement judgeRetrieval(RetrievalData data, EvaluationOptions options, Embedder embedder) {
        Draft draft = new Draft(Task.RETRIEVAL, data.name(), data.hash(), options.withSplit(data.split()), embedder);
        List<String> queryIds = List.copyOf(data.queries().keySet());
        // Said before hours of embedding, and not after them.
        boolean written = options.run().isPresent();
        if (written) {
            queryIds.forEach(TrecRun::field);
        }
        float[][] queries = TextVectors.of(embedder, List.copyOf(data.queries().values()), TextRole.QUERY);
        int depth = options.depth() + (options.removeIdenticalIds() ? 1 : 0);
        NearestDocuments nearest = new NearestDocuments(queries, depth, options.threads());
        Set<String> relevant = new HashSet<>();
        data.judgments()
                .values()
                .forEach(judged -> judged.forEach((id, grade) -> {
                    if (grade > 0) {
                        relevant.add(id);
                    }
                }));
        Map<String, float[]> relevantVectors = new HashMap<>();
        Geometry geometry = new Geometry(options.seed());
        Set<String> seen = new HashSet<>();
        try (Stream<Document> stream = data.documents()) {
            List<Document> window = new ArrayList<>();
            for (Iterator<Document> documents = stream.iterator(); documents.hasNext(); ) {
                Document document = documents.next();
                if (!seen.add(document.id())) {
                    throw duplicate(data, document);
                }
                if (written) {
                    TrecRun.field(document.id());
                }
                window.add(document);
                if (window.size() == TextVectors.WINDOW || !documents.hasNext()) {
                    List<String> ids = window.stream().map(Document::id).toList();
                    float[][] vectors = TextVectors.of(
                            embedder, window.stream().map(Document::content).toList(), TextRole.DOCUMENT);
                    nearest.add(ids, vectors);
                    for (int i = 0; i < vectors.length; i++) {
                        geometry.add(vectors[i]);
                        if (relevant.contains(ids.get(i)) && relevantVectors.size() < RELEVANT_KEPT) {
                            relevantVectors.put(ids.get(i), vectors[i]);
                        }
                    }
                    window.clear();
                }
            }
        }
        for (int q = 0; q < queryIds.size(); q++) {
            float[] query = queries[q];
            geometry.add(query);
            judged(data, queryIds.get(q)).forEach((id, grade) -> {
                float[] document = relevantVectors.get(id);
                if (grade > 0 && document != null) {
                    geometry.positive(query, document);
                }
            });
        }
        Map<String, List<Hit>> run = new LinkedHashMap<>();
        List<List<Hit>> hits = nearest.hits();
        for (int q = 0; q < queryIds.size(); q++) {
            run.put(queryIds.get(q), hits.get(q));
        }
        draft.size("documents", seen.size());
        List<JudgedQuery> judged = ranking(draft, data, options, run, relevant, seen);
        if (relevant.size() > RELEVANT_KEPT) {
            draft.note("Alignment is taken over the first " + RELEVANT_KEPT + " relevant documents of the collection.");
        }
        geometry.write(draft, "queries and their relevant documents");
        return new RetrievalJudgement(draft.report(), judged);
    }

    /**
     * The files and folders on which a figure depends: the data, and what is read beside a file of them, such as the part that a
     * classification is trained on.
     */
    public static List<Path> dependsOn(Task task, Path data) {
        List<Path> all = new ArrayList<>(List.of(data));
        if (task == Task.CLASSIFY && Files.isRegularFile(data)) {
            DataFiles.sibling(data, "train").ifPresent(all::add);
            Path classes = data.resolveSibling("classes.txt");
            if (Files.isRegularFile(classes)) {
                all.add(classes);
            }
        }
        return List.copyOf(all);
    }

    /** Judges a ranker that already holds the collection, for example BM25. */
    public static Report retrieval(RetrievalData data, EvaluationOptions options, Ranker ranker) {
        return judgeRetrieval(data, options, ranker).report();
    }

    /** The same with what was found for each query. */
    public static RetrievalJudgement judgeRetrieval(RetrievalData data, EvaluationOptions options, Ranker ranker) {
        Draft draft = new Draft(Task.RETRIEVAL, data.name(), data.hash(), options.withSplit(data.split()), ranker);
        int depth = options.depth() + (options.removeIdenticalIds() ? 1 : 0);
        Map<String, List<Hit>> run = new LinkedHashMap<>();
        data.queries().forEach((id, text) -> run.put(id, ranker.rank(text, depth)));
        Set<String> ids = new HashSet<>();
        try (Stream<Document> documents = data.documents()) {
            documents.forEach(document -> {
                if (!ids.add(document.id())) {
                    throw duplicate(data, document);
                }
            });
        }
        Set<String> relevant = new HashSet<>();
        data.judgments().values().forEach(judged -> relevant.addAll(judged.keySet()));
        draft.size("documents", ids.size());
        List<JudgedQuery> judged = ranking(draft, data, options, run, relevant, ids);
        return new RetrievalJudgement(draft.report(), judged);
    }

    private static ChiaroException duplicate(RetrievalData data, Document document) {
        return ChiaroException.data(data.name() + ": expected each document once, but found the id " + document.id()
                + " again. Remove one.");
    }

    private static Map<String, Integer> judged(RetrievalData data, String query) {
        return Objects.requireNonNull(data.judgments().get(query));
    }

    private static List<JudgedQuery> ranking(
            Draft draft,
            RetrievalData data,
            EvaluationOptions options,
            Map<String, List<Hit>> run,
            Set<String> relevant,
            Set<String> documents) {
        List<JudgedQuery> queries = new ArrayList<>();
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        int judgments = 0;
        int empty = 0;
        for (Map.Entry<String, List<Hit>> entry : run.entrySet()) {
            List<Hit> hits = entry.getValue().stream()
                    .filter(hit -> !options.removeIdenticalIds() || !hit.id().equals(entry.getKey()))
                    .limit(options.depth())
                    .toList();
            Map<String, Integer> grades = judged(data, entry.getKey());
            JudgedQuery query = new JudgedQuery(
                    entry.getKey(), Objects.requireNonNull(data.queries().get(entry.getKey())), hits, grades);
            queries.add(query);
            rankings.put(entry.getKey(), query.ranking());
            judgments += grades.size();
            empty += hits.isEmpty() ? 1 : 0;
        }
        options.run().ifPresent(file -> {
            Map<String, List<Hit>> counted = new LinkedHashMap<>();
            queries.forEach(query -> counted.put(query.id(), query.hits()));
            new TrecRun(counted, draft.system.split("[(,]", 2)[0]).write(file);
            TrecJudgments.write(file.resolveSibling(file.getFileName() + ".qrels"), data.judgments());
        });
        draft.size("queries", rankings.size());
        draft.size("judgments", judgments);
        rankingMetrics(draft, Task.RETRIEVAL, rankings);
        draft.setting("ties", "score as 32-bit float, then the greater document id in UTF-8 bytes first");
        draft.setting("queries", "all judged ones; one without a hit counts as 0");
        draft.setting("depth", String.valueOf(options.depth()));
        draft.setting("identical ids", options.removeIdenticalIds() ? "removed" : "kept");
        draft.setting("document text", "title, a space, text");
        if (empty > 0) {
            draft.note(empty + " queries had no hit.");
        }
        long unknown = relevant.stream().filter(id -> !documents.contains(id)).count();
        if (unknown > 0) {
            draft.note(unknown + " judged documents are not in the collection; they count as never found.");
        }
        return queries;
    }

    private static void rankingMetrics(Draft draft, Task task, Map<String, JudgedRanking> rankings) {
        for (String key : task.metrics()) {
            if (key.contains("@")) {
                RankingMetric metric = RankingMetric.of(key);
                draft.metric(
                        key,
                        metric.mean(rankings, rankings.size(), RankingMetric.Queries.ALL_JUDGED),
                        switch (metric.measure()) {
                            case NDCG -> "as trec_eval: gain = grade, ideal from all judged documents";
                            case MAP -> "as trec_eval: divided by the number of relevant documents";
                            case RECALL -> "relevant among the first " + metric.cutoff() + " / all relevant";
                            case MRR -> "1 / rank of the first relevant one, 0 beyond " + metric.cutoff();
                            case PRECISION -> "relevant among the first " + metric.cutoff() + " / " + metric.cutoff();
                        });
            }
        }
    }

    // Reranking -----------------------------------------------------------------------------------------------------

    private static Report reranking(RerankingData data, String name, EvaluationOptions options, Embedder embedder) {
        Draft draft = new Draft(Task.RERANK, name, Hashes.sha256(data.file()), options, embedder);
        List<String> queries =
                data.questions().stream().map(RerankingData.Question::query).toList();
        List<Document> documents = data.documents();
        float[][] queryVectors = TextVectors.of(embedder, queries, TextRole.QUERY);
        float[][] vectors =
                TextVectors.of(embedder, documents.stream().map(Document::text).toList(), TextRole.DOCUMENT);
        Map<String, float[]> byText = new HashMap<>();
        for (int i = 0; i < vectors.length; i++) {
            byText.put(documents.get(i).text(), vectors[i]);
        }
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        for (int q = 0; q < queries.size(); q++) {
            RerankingData.Question question = data.questions().get(q);
            float[] scores = new float[question.candidates().size()];
            for (int i = 0; i < scores.length; i++) {
                float[] vector =
                        Objects.requireNonNull(byText.get(question.candidates().get(i)));
                scores[i] = (float) TextVectors.dot(queryVectors[q], vector);
            }
            rankings.put(String.valueOf(q), judge(question, scores));
        }
        rerankingSizes(draft, data);
        rankingMetrics(draft, Task.RERANK, rankings);
        return draft.report();
    }

    /**
     * Judges a ranker that holds {@link RerankingData#documents}: its ranking of the whole collection is cut down to the
     * candidates of each query, and candidates that it did not find come last.
     */
    public static Report reranking(RerankingData data, String name, EvaluationOptions options, Ranker ranker) {
        Draft draft = new Draft(Task.RERANK, name, Hashes.sha256(data.file()), options, ranker);
        Map<String, String> ids = new HashMap<>();
        List<Document> documents = data.documents();
        documents.forEach(document -> ids.put(document.text(), document.id()));
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        for (RerankingData.Question question : data.questions()) {
            Map<String, Float> found = new HashMap<>();
            ranker.rank(question.query(), documents.size()).forEach(hit -> found.put(hit.id(), hit.score()));
            float[] scores = new float[question.candidates().size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = found.getOrDefault(ids.get(question.candidates().get(i)), -Float.MAX_VALUE);
            }
            rankings.put(String.valueOf(rankings.size()), judge(question, scores));
        }
        rerankingSizes(draft, data);
        rankingMetrics(draft, Task.RERANK, rankings);
        return draft.report();
    }

    /** Judges a reranker on the candidates of each query. */
    public static Report reranking(RerankingData data, String name, EvaluationOptions options, Reranker reranker) {
        RerankerDescription description = reranker.description();
        Draft draft = new Draft(
                Task.RERANK,
                name,
                Hashes.sha256(data.file()),
                options,
                description.name() + ", " + description.scoring() + ", " + description.maxTokens() + " tokens, SHA-256 "
                        + description.hash(),
                Optional.empty());
        Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
        for (RerankingData.Question question : data.questions()) {
            float[] scores = reranker.score(question.query(), question.candidates());
            rankings.put(String.valueOf(rankings.size()), judge(question, scores));
        }
        rerankingSizes(draft, data);
        rankingMetrics(draft, Task.RERANK, rankings);
        return draft.report();
    }

    private static JudgedRanking judge(RerankingData.Question question, float[] scores) {
        List<String> ids = new ArrayList<>();
        Map<String, Integer> grades = new HashMap<>();
        for (int i = 0; i < scores.length; i++) {
            String id = String.format(Locale.ROOT, "%09d", i);
            ids.add(id);
            grades.put(id, question.relevant().get(i) ? 1 : 0);
        }
        return JudgedRanking.of(ids, scores, grades);
    }

    private static void rerankingSizes(Draft draft, RerankingData data) {
        draft.size("queries", data.questions().size());
        draft.size(
                "candidates",
                data.questions().stream()
                        .mapToInt(question -> question.candidates().size())
                        .sum());
        draft.setting("queries", "those with relevant and irrelevant candidates");
        draft.setting("ties", "the later candidate of the file first");
        if (data.skipped() > 0) {
            draft.note(data.skipped() + " queries have candidates of one kind only and are not judged.");
        }
    }

    // Pairs and triplets --------------------------------------------------------------------------------------------

    /**
     * Judges an embedder on pairs that belong together or do not, and keeps the score of each.
     *
     * @throws ChiaroException if the data cannot be read, or hold only one kind
     */
    public static PairJudgement pairs(Path path, EvaluationOptions options, Embedder embedder) {
        PairData data = PairData.open(path, options.split(), options.columns());
        Draft draft = new Draft(Task.PAIRS, path.toString(), Hashes.sha256(data.file()), options, embedder);
        Geometry geometry = new Geometry(options.seed());
        float[][] left = TextVectors.of(
                embedder, data.pairs().stream().map(PairData.Pair::first).toList(), TextRole.TEXT);
        float[][] right = TextVectors.of(
                embedder, data.pairs().stream().map(PairData.Pair::second).toList(), TextRole.TEXT);
        double[] scores = new double[left.length];
        boolean[] positive = new boolean[left.length];
        int positives = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = TextVectors.dot(left[i], right[i]);
            positive[i] = data.pairs().get(i).positive();
            geometry.add(left[i]);
            geometry.add(right[i]);
            if (positive[i]) {
                positives++;
                geometry.positive(left[i], right[i]);
            }
        }
        if (positives == 0 || positives == scores.length) {
            throw ChiaroException.data(data.file().toAbsolutePath()
                    + ": expected pairs that belong together and pairs that do not, but found " + positives
                    + " of the first kind among " + scores.length + ". Check the labels.");
        }
        ScoredLabels scored = ScoredLabels.of(scores, positive);
        draft.metric("average-precision", scored.averagePrecision(), "sum (R_n - R_(n-1)) P_n, equal scores together");
        draft.metric("auc", scored.areaUnderCurve(), "area under the ROC curve, equal scores count one half");
        draft.metric("accuracy", scored.bestAccuracy().value(), "at the threshold that is best on these very pairs");
        draft.metric("f1", scored.bestF1().value(), "at the threshold that is best on these very pairs");
        draft.setting(
                "threshold of accuracy", String.valueOf(scored.bestAccuracy().threshold()));
        draft.setting("threshold of f1", String.valueOf(scored.bestF1().threshold()));
        draft.size("pairs", scores.length);
        draft.size("positive pairs", positives);
        geometry.write(draft, "positive pairs");
        List<PairJudgement.ScoredPair> pairs = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            PairData.Pair pair = data.pairs().get(i);
            pairs.add(new PairJudgement.ScoredPair(pair.first(), pair.second(), pair.positive(), scores[i]));
        }
        return new PairJudgement(draft.report(), scored, pairs);
    }

    private static Report triplets(Path path, EvaluationOptions options, Embedder embedder) {
        TripletData data = TripletData.open(path, options.split(), options.columns());
        if (data.triplets().isEmpty()) {
            throw ChiaroException.data(
                    data.file().toAbsolutePath() + ": expected triplets, but found none. Check the file.");
        }
        Draft draft = new Draft(Task.TRIPLETS, path.toString(), Hashes.sha256(data.file()), options, embedder);
        Geometry geometry = new Geometry(options.seed());
        int n = data.triplets().size();
        float[][] anchors = TextVectors.of(
                embedder,
                data.triplets().stream().map(TripletData.Triplet::anchor).toList(),
                TextRole.TEXT);
        float[][] positives = TextVectors.of(
                embedder,
                data.triplets().stream().map(TripletData.Triplet::positive).toList(),
                TextRole.TEXT);
        float[][] negatives = TextVectors.of(
                embedder,
                data.triplets().stream().map(TripletData.Triplet::negative).toList(),
                TextRole.TEXT);
        double[] toPositive = new double[n];
        double[] toNegative = new double[n];
        for (int i = 0; i < n; i++) {
            toPositive[i] = TextVectors.dot(anchors[i], positives[i]);
            toNegative[i] = TextVectors.dot(anchors[i], negatives[i]);
            geometry.positive(anchors[i], positives[i]);
            geometry.add(anchors[i]);
            geometry.add(positives[i]);
            geometry.add(negatives[i]);
        }
        draft.metric(
                "accuracy",
                Triplets.accuracy(toPositive, toNegative),
                "share with the positive nearer, equal counts as wrong");
        draft.size("triplets", n);
        geometry.write(draft, "anchors and their positives");
        return draft.report();
    }

    // Labels --------------------------------------------------------------------------------------------------------

    private static Report classification(Path path, EvaluationOptions options, Embedder embedder) {
        LabelledData test = LabelledData.open(path, options.split(), options.columns());
        Optional<LabelledData> trainPart = test.train(options.split(), options.columns());
        TreeSet<String> names = new TreeSet<>(test.labels());
        Draft draft;
        int[] trainLabels;
        int[] testLabels;
        float[][] trainVectors;
        float[][] testVectors;
        if (trainPart.isPresent()) {
            LabelledData train = trainPart.get();
            names.addAll(train.labels());
            draft = new Draft(
                    Task.CLASSIFY,
                    path.toString(),
                    train.file().equals(test.file())
                            ? Hashes.sha256(test.file())
                            : Hashes.sha256(List.of(train.file(), test.file())),
                    options,
                    embedder);
            trainVectors = TextVectors.of(embedder, train.texts(), TextRole.TEXT);
            testVectors = TextVectors.of(embedder, test.texts(), TextRole.TEXT);
            trainLabels = train.numbers(names);
            testLabels = test.numbers(names);
            draft.setting("training part", String.valueOf(train.file().getFileName()));
        } else {
            draft = new Draft(Task.CLASSIFY, path.toString(), Hashes.sha256(test.file()), options, embedder);
            float[][] vectors = TextVectors.of(embedder, test.texts(), TextRole.TEXT);
            int[] labels = test.numbers(names);
            int[] order = RandomStream.of(options.seed(), "held-out-part").permutation(labels.length);
            int[] seen = new int[names.size()];
            int[] total = new int[names.size()];
            Arrays.stream(labels).forEach(label -> total[label]++);
            List<Integer> fitted = new ArrayList<>();
            List<Integer> held = new ArrayList<>();
            for (int i : order) {
                (seen[labels[i]]++ < Math.ceil(0.8 * total[labels[i]]) ? fitted : held).add(i);
            }
            trainVectors = fitted.stream().map(i -> vectors[i]).toArray(float[][]::new);
            testVectors = held.stream().map(i -> vectors[i]).toArray(float[][]::new);
            trainLabels = fitted.stream().mapToInt(i -> labels[i]).toArray();
            testLabels = held.stream().mapToInt(i -> labels[i]).toArray();
            draft.setting("training part", "80 % of each label, drawn at random; judged on the rest");
        }
        if (names.size() < 2 || trainLabels.length == 0 || testLabels.length == 0) {
            throw ChiaroException.data(test.file().toAbsolutePath()
                    + ": expected texts of at least 2 labels to train and test "
                    + "on, but found " + names.size() + " labels, " + trainLabels.length + " texts to train on and "
                    + testLabels.length + " to test on. Check the file.");
        }
        LogisticProbe probe =
                LogisticProbe.fit(trainVectors, trainLabels, names.size(), PROBE_STRENGTH, PROBE_ITERATIONS);
        int[] predicted = probe.predict(testVectors);
        int[] byNeighbours =
                NeighbourProbe.predict(trainVectors, trainLabels, names.size(), testVectors, options.vote());
        draft.metric("accuracy", accuracy(predicted, testLabels), "logistic regression on frozen embeddings");
        draft.metric(
                "f1",
                macroF1(predicted, testLabels, names.size()),
                "the same, mean of F1 over the labels of the test part");
        draft.metric(
                "knn-accuracy",
                accuracy(byNeighbours, testLabels),
                options.vote().words());
        draft.setting(
                "logistic regression",
                "L2, C " + PROBE_STRENGTH + ", L-BFGS, " + probe.iterations() + " iterations of at most "
                        + PROBE_ITERATIONS);
        draft.size("training texts", trainLabels.length);
        draft.size("test texts", testLabels.length);
        draft.size("labels", names.size());
        draft.seed(options.seed());
        Geometry geometry = new Geometry(options.seed());
        Arrays.stream(testVectors).forEach(geometry::add);
        geometry.write(draft, "");
        return draft.report();
    }

    /**
     * Judges what sorts pairs into classes by the labels that pairs have.
     *
     * @throws ChiaroException if the data cannot be read, or have a label that is no class of the model
     */
    public static Report pairClasses(Path path, EvaluationOptions options, PairClassifier classifier) {
        List<String> names = classifier.classes();
        PairClassData data = PairClassData.open(path, options.split(), options.columns(), names);
        RerankerDescription description = classifier.description();
        Draft draft = new Draft(
                Task.CLASSIFY,
                path.toString(),
                Hashes.sha256(data.file()),
                options,
                description.name() + ", both texts together, " + description.maxTokens() + " tokens, SHA-256 "
                        + description.hash(),
                Optional.empty());
        float[][] logits = classifier.logits(data.pairs());
        int[] predicted =
                Arrays.stream(logits).mapToInt(PairClassifier::largest).toArray();
        int[] labels = data.classes().stream().mapToInt(Integer::intValue).toArray();
        draft.metric("accuracy", accuracy(predicted, labels), "pairs whose largest logit is that of their class");
        draft.metric(
                "f1",
                macroF1(predicted, labels, names.size()),
                "the same, mean of F1 over the classes that pairs have");
        draft.size("pairs", labels.length);
        for (int c = 0; c < names.size(); c++) {
            int of = c;
            draft.size("pairs of class " + names.get(c), (int)
                    Arrays.stream(labels).filter(label -> label == of).count());
        }
        return draft.report();
    }

    private static double accuracy(int[] predicted, int[] labels) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += predicted[i] == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }

    private static double macroF1(int[] predicted, int[] labels, int classes) {
        int[] right = new int[classes];
        int[] either = new int[classes];
        boolean[] present = new boolean[classes];
        for (int i = 0; i < labels.length; i++) {
            right[labels[i]] += predicted[i] == labels[i] ? 1 : 0;
            either[labels[i]]++;
            either[predicted[i]]++;
            present[labels[i]] = true;
        }
        return IntStream.range(0, classes)
                .filter(c -> present[c])
                .mapToDouble(c -> 2.0 * right[c] / either[c])
                .average()
                .orElse(0);
    }

    private static Report clustering(Path path, EvaluationOptions options, Embedder embedder) {
        LabelledData data = LabelledData.open(path, options.split(), options.columns());
        Draft draft = new Draft(Task.CLUSTER, path.toString(), Hashes.sha256(data.file()), options, embedder);
        TreeSet<String> names = new TreeSet<>(data.labels());
        int[] all = data.numbers(names);
        int[] order = RandomStream.of(options.seed(), "clustered-sample").permutation(all.length);
        int[] chosen = Arrays.copyOf(order, Math.min(order.length, CLUSTERED));
        List<String> texts = Arrays.stream(chosen).mapToObj(data.texts()::get).toList();
        int[] labels = Arrays.stream(chosen).map(i -> all[i]).toArray();
        if (names.size() < 2) {
            throw ChiaroException.data(data.file().toAbsolutePath()
                    + ": expected texts of at least 2 labels, but found " + names.size() + ". Check the file.");
        }
        float[][] vectors = TextVectors.of(embedder, texts, TextRole.TEXT);
        double[] agreement = new double[4];
        double squares = 0;
        for (int run = 0; run < options.clusterRuns(); run++) {
            long seed = options.seed() + run;
            draft.seed(seed);
            int[] clusters = KMeans.cluster(vectors, names.size(), CLUSTER_STARTS, seed);
            ClusterAgreement found = ClusterAgreement.of(labels, clusters);
            double vMeasure = found.vMeasure();
            agreement[0] += vMeasure / options.clusterRuns();
            squares += vMeasure * vMeasure;
            agreement[1] += found.adjustedRandIndex() / options.clusterRuns();
            agreement[2] += found.normalizedMutualInformation() / options.clusterRuns();
            agreement[3] += found.accuracy() / options.clusterRuns();
        }
        draft.metric("v-measure", agreement[0], "harmonic mean of homogeneity and completeness, mean over seeds");
        draft.metric("ari", agreement[1], "adjusted Rand index, mean over seeds");
        draft.metric("nmi", agreement[2], "mutual information / arithmetic mean of entropies, mean over seeds");
        draft.metric(
                "accuracy", agreement[3], "texts in the cluster of their label, clusters named best, mean over seeds");
        double variance = squares / options.clusterRuns() - agreement[0] * agreement[0];
        draft.setting("deviation of v-measure", String.format(Locale.ROOT, "%.4f", Math.sqrt(Math.max(0, variance))));
        draft.setting(
                "clustering",
                "k-means, k = number of labels, k-means++ starts, best of " + CLUSTER_STARTS
                        + " a seed, vectors of length one");
        draft.size("texts", texts.size());
        draft.size("labels", names.size());
        if (texts.size() < all.length) {
            draft.note("A random sample of " + texts.size() + " of " + all.length + " texts was clustered.");
        }
        Geometry geometry = new Geometry(options.seed());
        Arrays.stream(vectors).forEach(geometry::add);
        geometry.write(draft, "");
        return draft.report();
    }

    // Shared parts --------------------------------------------------------------------------------------------------

    /** A report in the making. */
    private static final class Draft {
        private final Task task;
        private final String data;
        private final String dataHash;
        private final EvaluationOptions options;
        private final String system;
        private final Optional<ModelDescription> model;
        private final Map<String, Double> metrics = new LinkedHashMap<>();
        private final Map<String, String> definitions = new LinkedHashMap<>();
        private final Map<String, Integer> sizes = new LinkedHashMap<>();
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<Long> seeds = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Draft(Task task, String data, String dataHash, EvaluationOptions options, Embedder embedder) {
            this(task, data, dataHash, options, embedder.description().name(), Optional.of(embedder.description()));
        }

        Draft(Task task, String data, String dataHash, EvaluationOptions options, Ranker ranker) {
            this(task, data, dataHash, options, ranker.description(), Optional.empty());
        }

        private Draft(
                Task task,
                String data,
                String dataHash,
                EvaluationOptions options,
                String system,
                Optional<ModelDescription> model) {
            this.task = task;
            this.data = data;
            this.dataHash = dataHash;
            this.options = options;
            this.system = system;
            this.model = model;
        }

        void metric(String key, double value, String definition) {
            metrics.put(key, value);
            if (!definition.isEmpty()) {
                definitions.put(key, definition);
            }
        }

        /** A correlation with a constant has no value; it is reported as 0, and said so. */
        double defined(String part, double value) {
            if (Double.isNaN(value)) {
                note(
                        part
                                + ": all similarities or all scores are equal, so the correlation has no value; reported as 0.");
                return 0;
            }
            return value;
        }

        void size(String name, int size) {
            sizes.put(name, size);
        }

        void setting(String name, String value) {
            settings.put(name, value);
        }

        void seed(long seed) {
            if (!seeds.contains(seed)) {
                seeds.add(seed);
            }
        }

        void note(String note) {
            if (!notes.contains(note)) {
                notes.add(note);
            }
        }

        Report report() {
            return new Report(
                    metrics,
                    new Protocol(
                            task.key(),
                            data,
                            dataHash,
                            options.split(),
                            system,
                            model,
                            model.isPresent() ? COSINE : "",
                            sizes,
                            definitions,
                            settings,
                            seeds,
                            notes));
        }
    }

    /** Gathers what alignment, uniformity and effective rank are taken over: all positives, and a fair sample of vectors. */
    private static final class Geometry {
        private static final int REMEMBERED = 100_000;

        private final RandomStream random;
        private final long seed;
        private final List<float[]> sample = new ArrayList<>();
        private final List<float[]> anchors = new ArrayList<>();
        private final List<float[]> positives = new ArrayList<>();
        private final Set<Integer> hashes = new HashSet<>();
        private int offered;

        Geometry(long seed) {
            this.seed = seed;
            this.random = RandomStream.of(seed, "geometry-sample");
        }

        /** Offers a vector to the sample (reservoir sampling); among the first ones, equal vectors are offered once. */
        void add(float[] vector) {
            if (hashes.size() < REMEMBERED && !hashes.add(Arrays.hashCode(vector))) {
                return;
            }
            offered++;
            if (sample.size() < SAMPLE) {
                sample.add(vector);
            } else {
                int at = random.nextInt(offered);
                if (at < SAMPLE) {
                    sample.set(at, vector);
                }
            }
        }

        void positive(float[] anchor, float[] positive) {
            anchors.add(anchor);
            positives.add(positive);
        }

        void write(Draft draft, String positivePairs) {
            if (!anchors.isEmpty()) {
                draft.metric(
                        "alignment",
                        EmbeddingGeometry.alignment(anchors.toArray(float[][]::new), positives.toArray(float[][]::new)),
                        "mean squared distance over " + anchors.size() + " " + positivePairs);
            }
            float[][] rows = sample.toArray(float[][]::new);
            String over = "over " + rows.length + " different vectors"
                    + (offered > rows.length ? " drawn of " + offered : "");
            if (rows.length >= 2) {
                draft.metric(
                        "uniformity", EmbeddingGeometry.uniformity(rows), "ln mean exp(-2 squared distance) " + over);
                draft.metric(
                        "effective-rank",
                        EmbeddingGeometry.effectiveRank(rows),
                        "exp of the entropy of the normalised singular values " + over);
                draft.seed(seed);
            } else {
                draft.note("All embeddings are equal: the model has collapsed.");
            }
        }
    }
}
