package io.chiaro.core.metric;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A measure of a ranking and its cut-off, written {@code ndcg@10}.
 *
 * @param measure what is computed
 * @param cutoff how many ranks are looked at, at least 1
 */
public record RankingMetric(Measure measure, int cutoff) {

    /** What is computed of a ranking; the formulas stand at {@link JudgedRanking}. */
    public enum Measure {
        /** {@link JudgedRanking#ndcg}. */
        NDCG("ndcg"),
        /** {@link JudgedRanking#averagePrecision}. */
        MAP("map"),
        /** {@link JudgedRanking#recall}. */
        RECALL("recall"),
        /** {@link JudgedRanking#reciprocalRank}. */
        MRR("mrr"),
        /** {@link JudgedRanking#precision}. */
        PRECISION("precision");

        private final String key;

        Measure(String key) {
            this.key = key;
        }

        /** The name before the @. */
        public String key() {
            return key;
        }
    }

    /** Which queries a mean is taken over. */
    public enum Queries {
        /** Those that have both judgments and a ranking: what trec_eval does when it is given no option. */
        IN_RUN_AND_JUDGMENTS,
        /** All judged ones; a query without a ranking counts as 0: trec_eval's option -c. */
        ALL_JUDGED
    }

    public RankingMetric {
        if (cutoff < 1) {
            throw new IllegalArgumentException("RankingMetric: the cut-off must be at least 1, but was " + cutoff);
        }
    }

    /**
     * Reads a metric as it is written in reports.
     *
     * @throws ChiaroException if the name or the cut-off is none
     */
    public static RankingMetric of(String key) {
        List<String> valid = new ArrayList<>();
        int at = key.indexOf('@');
        String name = at < 0 ? key : key.substring(0, at);
        String cutoff = at < 0 ? "" : key.substring(at + 1);
        boolean readable = cutoff.matches("[1-9][0-9]{0,6}");
        for (Measure measure : Measure.values()) {
            if (measure.key.equals(name) && readable) {
                return new RankingMetric(measure, Integer.parseInt(cutoff));
            }
            valid.add(measure.key + "@" + (readable ? cutoff : "10"));
        }
        throw ChiaroException.usage(
                "metric \"" + key + "\": expected a ranking measure, an @ and a cut-off, but found another name. "
                        + Names.hint(key, valid));
    }

    /** The metric as it is written in reports, for example {@code ndcg@10}. */
    public String key() {
        return measure.key + "@" + cutoff;
    }

    /** The metric of one query. */
    public double value(JudgedRanking ranking) {
        return switch (measure) {
            case NDCG -> ranking.ndcg(cutoff);
            case MAP -> ranking.averagePrecision(cutoff);
            case RECALL -> ranking.recall(cutoff);
            case MRR -> ranking.reciprocalRank(cutoff);
            case PRECISION -> ranking.precision(cutoff);
        };
    }

    /**
     * The mean over queries.
     *
     * @param rankings the judged rankings by query id
     * @param judgedQueries how many queries have judgments, ranked or not
     * @param queries which of them count
     * @return the mean, 0 if no query counts
     */
    public double mean(Map<String, JudgedRanking> rankings, int judgedQueries, Queries queries) {
        int count = queries == Queries.ALL_JUDGED ? judgedQueries : rankings.size();
        if (count < rankings.size()) {
            throw new IllegalArgumentException("RankingMetric.mean: " + rankings.size() + " rankings, but only "
                    + judgedQueries + " judged queries");
        }
        double sum = 0;
        for (JudgedRanking ranking : rankings.values()) {
            sum += value(ranking);
        }
        return count == 0 ? 0 : sum / count;
    }
}
