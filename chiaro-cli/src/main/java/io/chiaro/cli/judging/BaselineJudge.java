package io.chiaro.cli.judging;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.ChiaroException;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.RerankingData;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.Task;
import io.chiaro.model.Document;
import io.chiaro.model.Ranker;
import io.chiaro.search.Bm25;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Judges BM25, the baseline of words, where something is ranked. */
public final class BaselineJudge implements Judge {

    private final Task task;

    private BaselineJudge(Task task) {
        this.task = task;
    }

    /** The judge of a baseline of texts: of BM25, or of random vectors as of any other vectors. */
    public static Judge named(String taskKey, String baseline) {
        Task task = Task.of(taskKey);
        OptionValues.oneOf("--baseline", baseline, "bm25", "random");
        return baseline.equals("random") ? EmbedderJudge.ofRandomVectors(task) : new BaselineJudge(task);
    }

    @Override
    public Judgement judge(JudgingSettings on) {
        Path data = on.located();
        QuietLucene.apply();
        if (task == Task.RETRIEVAL) {
            RetrievalData collection = on.collection();
            try (Stream<Document> documents = collection.documents();
                    Ranker bm25 = Bm25.create(documents)) {
                return Judgement.of(RetrievalReports.of(bm25, collection, on));
            }
        }
        if (task == Task.RERANK) {
            RerankingData questions = RerankingData.open(data, on.options());
            try (Ranker bm25 = Bm25.create(questions.documents().stream())) {
                return Judgement.of(Evaluation.reranking(questions, data.toString(), on.options(), bm25));
            }
        }
        throw ChiaroException.usage("eval: expected --task retrieval or rerank with --baseline bm25, but found "
                + task.key() + ". Take --baseline random for other tasks.");
    }
}
