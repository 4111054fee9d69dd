package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.Ranker;
import io.chiaro.model.Reranker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges an embedder or a ranker on a task. Equal data, options and vectors give equal figures, whatever the number of
 * threads; nothing of the data is left out without a count or a note in the protocol.
 *
 * <p>All methods use the system from the calling thread only and never close it.
 */
public final class Evaluation {

    private Evaluation() {}

    /**
     * Judges an embedder on a data set that is stored in one of the formats that the task reads.
     *
     * @param data a file or folder
     * @throws ChiaroException if the data cannot be read as the task needs them
     */
    public static Report run(Task task, Path data, EvaluationOptions options, Embedder embedder) {
        return switch (task) {
            case STS -> SimilarityTask.judge(data, options, embedder);
            case RETRIEVAL -> retrieval(RetrievalData.open(data, options.split()), options, embedder);
            case RERANK -> RerankingTask.judge(RerankingData.open(data, options), data.toString(), options, embedder);
            case PAIRS -> PairTask.judge(data, options, embedder).report();
            case TRIPLETS -> TripletTask.judge(data, options, embedder);
            case CLASSIFY -> ClassificationTask.judge(data, options, embedder);
            case CLUSTER -> ClusteringTask.judge(data, options, embedder);
        };
    }

    /**
     * Judges exact dense retrieval. The collection is embedded in pieces and forgotten, so memory does not grow with it:
     * it holds the ids, the vectors of the queries and their best documents.
     */
    public static Report retrieval(RetrievalData data, EvaluationOptions options, Embedder embedder) {
        return judgeRetrieval(data, options, embedder).report();
    }

    /** The same with what was found for each query. */
    public static RetrievalJudgement judgeRetrieval(RetrievalData data, EvaluationOptions options, Embedder embedder) {
        return RetrievalTask.judge(data, options, embedder);
    }

    /** Judges a ranker that already holds the collection, for example BM25. */
    public static Report retrieval(RetrievalData data, EvaluationOptions options, Ranker ranker) {
        return judgeRetrieval(data, options, ranker).report();
    }

    /** The same with what was found for each query. */
    public static RetrievalJudgement judgeRetrieval(RetrievalData data, EvaluationOptions options, Ranker ranker) {
        return RetrievalTask.judge(data, options, ranker);
    }

    /**
     * Judges a ranker that holds {@link RerankingData#documents}: its ranking of the whole collection is cut down to the
     * candidates of each query, and candidates that it did not find come last.
     */
    public static Report reranking(RerankingData data, String name, EvaluationOptions options, Ranker ranker) {
        return RerankingTask.judge(data, name, options, ranker);
    }

    /** Judges a reranker on the candidates of each query. */
    public static Report reranking(RerankingData data, String name, EvaluationOptions options, Reranker reranker) {
        return RerankingTask.judge(data, name, options, reranker);
    }

    /**
     * Judges an embedder on pairs that belong together or do not, and keeps the score of each.
     *
     * @throws ChiaroException if the data cannot be read, or hold only one kind
     */
    public static PairJudgement pairs(Path path, EvaluationOptions options, Embedder embedder) {
        return PairTask.judge(path, options, embedder);
    }

    /**
     * Judges what sorts pairs into classes by the labels that pairs have.
     *
     * @throws ChiaroException if the data cannot be read, or have a label that is no class of the model
     */
    public static Report pairClasses(Path path, EvaluationOptions options, PairClassifier classifier) {
        return PairClassTask.judge(path, options, classifier);
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
}
