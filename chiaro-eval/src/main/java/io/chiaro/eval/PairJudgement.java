package io.chiaro.eval;

import io.chiaro.core.metric.ScoredLabels;
import java.util.Comparator;
import java.util.List;

/**
 * How a system told pairs that belong together from pairs that do not. Immutable.
 *
 * @param report its figures
 * @param scored scores and labels, for curves and thresholds
 * @param pairs in the order of the data
 */
public record PairJudgement(Report report, ScoredLabels scored, List<ScoredPair> pairs) {

    /**
     * A pair as it was scored.
     *
     * @param score the cosine
     */
    public record ScoredPair(String first, String second, boolean positive, double score) {}

    public PairJudgement {
        pairs = List.copyOf(pairs);
    }

    /** Pairs that do not belong together and score from the threshold on, the highest first. */
    public List<ScoredPair> wronglyTaken(double threshold, int most) {
        return pairs.stream()
                .filter(pair -> !pair.positive() && pair.score() >= threshold)
                .sorted(Comparator.comparingDouble(pair -> -pair.score()))
                .limit(most)
                .toList();
    }

    /** Pairs that belong together and score below the threshold, the lowest first. */
    public List<ScoredPair> missed(double threshold, int most) {
        return pairs.stream()
                .filter(pair -> pair.positive() && pair.score() < threshold)
                .sorted(Comparator.comparingDouble(ScoredPair::score))
                .limit(most)
                .toList();
    }
}
