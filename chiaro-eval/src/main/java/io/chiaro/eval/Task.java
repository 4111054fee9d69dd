package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.Arrays;
import java.util.List;

/** What an embedder or a ranker is judged on. */
public enum Task {
    /** How well cosine similarities follow the similarity that people gave to pairs of sentences. */
    STS("sts", "STS", List.of("spearman", "pearson", "alignment", "uniformity", "effective-rank")),
    /** Finding the relevant documents of a collection. */
    RETRIEVAL(
            "retrieval",
            "Retrieval",
            List.of(
                    "ndcg@10",
                    "mrr@10",
                    "map@100",
                    "recall@10",
                    "recall@100",
                    "precision@10",
                    "alignment",
                    "uniformity",
                    "effective-rank")),
    /** Putting the right ones of given candidates first. */
    RERANK("rerank", "Reranking", List.of("map@100", "mrr@10", "ndcg@10")),
    /** Telling pairs that belong together from pairs that do not. */
    PAIRS(
            "pairs",
            "PairClassification",
            List.of("average-precision", "auc", "accuracy", "f1", "alignment", "uniformity", "effective-rank")),
    /** Finding an anchor nearer to its positive than to its negative. */
    TRIPLETS("triplets", "TripletClassification", List.of("accuracy", "alignment", "uniformity", "effective-rank")),
    /** Predicting labels from frozen embeddings. */
    CLASSIFY("classify", "Classification", List.of("accuracy", "f1", "knn-accuracy", "uniformity", "effective-rank")),
    /** Finding the labels again by clustering. */
    CLUSTER("cluster", "Clustering", List.of("v-measure", "ari", "nmi", "accuracy", "uniformity", "effective-rank"));

    private final String key;
    private final String benchmarkType;
    /** Made by List.of, so it cannot change. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> metrics;

    Task(String key, String benchmarkType, List<String> metrics) {
        this.key = key;
        this.benchmarkType = benchmarkType;
        this.metrics = metrics;
    }

    /**
     * Reads a task as it is written on the command line.
     *
     * @throws ChiaroException if there is no such task
     */
    public static Task of(String key) {
        for (Task task : values()) {
            if (task.key.equals(key)) {
                return task;
            }
        }
        throw ChiaroException.usage("task \"" + key + "\": expected the name of a task. "
                + Names.hint(key, Arrays.stream(values()).map(Task::key).toList()));
    }

    /** The name on the command line. */
    public String key() {
        return key;
    }

    /** The keys of the metrics that a report of this task can hold; the first is the main one. */
    public List<String> metrics() {
        return metrics;
    }

    /** The metric that one number stands for, for example to choose the best checkpoint. */
    public String mainMetric() {
        return metrics.get(0);
    }

    /** What MTEB calls this kind of task. */
    String benchmarkType() {
        return benchmarkType;
    }
}
