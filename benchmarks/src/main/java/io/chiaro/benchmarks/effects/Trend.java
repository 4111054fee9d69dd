package io.chiaro.benchmarks.effects;

import io.chiaro.core.metric.Correlation;
import io.chiaro.eval.PairedDifference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * That over many arms two figures go together: Spearman's correlation over the arms of a seed, with its interval over seeds.
 *
 * @param figure the one that a paper holds to say something of the other
 * @param other usually an accuracy
 * @param opposite whether one should fall where the other rises
 * @param among at least three arms of one bench
 */
record Trend(
        String id, List<Integer> papers, String words, String figure, String other, boolean opposite, List<Arm> among)
        implements Tried {

    Trend {
        papers = List.copyOf(papers);
        among = List.copyOf(among);
        if (among.stream().map(Arm::bench).distinct().count() != 1 || among.size() < 3) {
            throw new IllegalArgumentException("Trend " + id + ": expected at least three arms of one bench");
        }
    }

    @Override
    public Bench bench() {
        return among.get(0).bench();
    }

    @Override
    public Map<Arm, String> arms() {
        Map<Arm, String> arms = new LinkedHashMap<>();
        among.forEach(arm -> arms.put(arm, other));
        return arms;
    }

    @Override
    public Optional<Finding> finding(Rows rows) {
        Set<Integer> seeds = new TreeSet<>(rows.values(among.get(0), figure).keySet());
        for (Arm arm : among) {
            seeds.retainAll(rows.values(arm, figure).keySet());
        }
        if (seeds.size() < 2) {
            return Optional.empty();
        }
        double[] correlations = seeds.stream()
                .mapToDouble(seed -> Correlation.spearman(of(rows, figure, seed), of(rows, other, seed)))
                .toArray();
        PairedDifference difference =
                PairedDifference.of(correlations, new double[correlations.length], EffectStudy.CONFIDENCE);
        String shown =
                difference.shown() ? (difference.mean() > 0 ^ opposite ? "yes" : "no: the reverse") : "no relation";
        return Optional.of(new Finding(
                among.size() + " arms: "
                        + String.join(
                                ", ",
                                among.stream()
                                        .map(arm -> "`" + arm.name() + "`")
                                        .toList()),
                "rank correlation of " + figure + " and " + other,
                difference,
                seeds.size(),
                shown));
    }

    private double[] of(Rows rows, String metric, int seed) {
        return among.stream()
                .mapToDouble(arm -> rows.values(arm, metric).getOrDefault(seed, Double.NaN))
                .toArray();
    }
}
