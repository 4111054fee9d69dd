package io.chiaro.eval;

import io.chiaro.core.metric.JudgedRanking;
import io.chiaro.core.metric.RankingMetric;
import java.util.Map;

/** The figures of rankings, defined as trec_eval does. */
final class RankingFigures {

    private RankingFigures() {}

    static void write(ReportDraft draft, Task task, Map<String, JudgedRanking> rankings) {
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
}
