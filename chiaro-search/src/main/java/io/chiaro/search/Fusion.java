package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.model.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How several rankings for one query become one. */
public enum Fusion {

    /**
     * Ranks alone count, so that scores need not be comparable (Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms
     * Condorcet and individual Rank Learning Methods", SIGIR 2009): with w_r the weight of ranking r, and rank 1 the best,
     *
     * <pre>score(d) = sum over rankings r that hold d of w_r / (60 + rank_r(d))</pre>
     */
    RANKS {
        @Override
        double share(Ranking ranking, int at) {
            return 1 / (CONSTANT + at + 1);
        }
    },

    /**
     * Scores count, each ranking's between the least that it could give and the best that it gave (Bruch, Gai and Ingber, "An Analysis
     * of Fusion Functions for Hybrid Retrieval", ACM TOIS 2023, section 4, "theoretical min-max"): with m_r the least and M_r the
     * best,
     *
     * <pre>score(d) = sum over rankings r that hold d of w_r (s_r(d) - m_r) / (M_r - m_r)</pre>
     */
    SCORES {
        @Override
        double share(Ranking ranking, int at) {
            double best = ranking.hits().get(0).score();
            double range = best - ranking.least();
            return range > 0 ? (ranking.hits().get(at).score() - ranking.least()) / range : 0;
        }
    };

    private static final double CONSTANT = 60;

    /**
     * One of the rankings.
     *
     * @param hits best first
     * @param weight at least 0
     * @param least the lowest score that its ranker could give: -1 of a cosine, 0 of BM25
     */
    public record Ranking(List<Hit> hits, double weight, double least) {
        public Ranking {
            hits = List.copyOf(hits);
            if (!(weight >= 0)) {
                throw new IllegalArgumentException("Fusion: expected a weight of at least 0, but found " + weight);
            }
        }
    }

    /** What the document at a place of a ranking gets from it, before the weight. */
    abstract double share(Ranking ranking, int at);

    /** The rankings as one, best first, ties in trec_eval's order; at most {@code depth} documents. */
    public List<Hit> of(List<Ranking> rankings, int depth) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (Ranking ranking : rankings) {
            if (ranking.weight() == 0) {
                // Its documents would stand behind all others with a score of nothing.
                continue;
            }
            for (int at = 0; at < ranking.hits().size(); at++) {
                scores.merge(ranking.hits().get(at).id(), ranking.weight() * share(ranking, at), Double::sum);
            }
        }
        List<Hit> fused = new ArrayList<>();
        scores.forEach((id, score) -> fused.add(new Hit(id, score.floatValue())));
        fused.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return List.copyOf(fused.subList(0, Math.min(depth, fused.size())));
    }

    /** As it is written outside. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As a sentence has it. */
    public String words() {
        return this == RANKS ? "reciprocal ranks" : "calibrated scores";
    }

    /** The fusion of a key. */
    public static Fusion named(String key) {
        List<String> keys = Arrays.stream(values()).map(Fusion::key).toList();
        int found = keys.indexOf(key);
        if (found < 0) {
            throw ChiaroException.usage("fusion: unknown name \"" + key + "\". " + Names.hint(key, keys));
        }
        return values()[found];
    }
}
