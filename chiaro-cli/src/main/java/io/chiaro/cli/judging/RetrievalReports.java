package io.chiaro.cli.judging;

import io.chiaro.eval.Evaluation;
import io.chiaro.eval.Report;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.RetrievalJudgement;
import io.chiaro.model.Embedder;
import io.chiaro.model.Ranker;

/** Reports of retrieval, each with the page that is asked for. */
final class RetrievalReports {

    private RetrievalReports() {}

    static Report of(Ranker ranker, RetrievalData collection, JudgingSettings on) {
        return shown(Evaluation.judgeRetrieval(collection, on.options(), ranker), collection, on);
    }

    static Report of(Embedder embedder, RetrievalData collection, JudgingSettings on) {
        return shown(Evaluation.judgeRetrieval(collection, on.options(), embedder), collection, on);
    }

    private static Report shown(RetrievalJudgement judged, RetrievalData collection, JudgingSettings on) {
        on.page().ifPresent(file -> RetrievalPage.write(judged, collection, file));
        return judged.report();
    }
}
