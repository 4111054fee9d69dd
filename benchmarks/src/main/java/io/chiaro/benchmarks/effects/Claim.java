package io.chiaro.benchmarks.effects;

import io.chiaro.eval.PairedDifference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * That one arm is better than another, or no worse. The same arm twice compares two figures of one run.
 *
 * @param metric by which the better arm is judged
 * @param worseMetric by which the other is, if that differs
 * @param better the arm that the paper holds to be better
 * @param worse the other
 * @param margin 0 if the paper says better; how much less counts as no worse if it says no worse
 */
record Claim(
        String id,
        List<Integer> papers,
        String words,
        String metric,
        String worseMetric,
        Arm better,
        Arm worse,
        double margin)
        implements Tried {

    /** What "no worse" means of an accuracy: less than a point in a hundred. */
    private static final double ONE_POINT = 0.01;

    Claim {
        papers = List.copyOf(papers);
        if (better.bench() != worse.bench()) {
            throw new IllegalArgumentException("Claim " + id + ": both arms need one bench");
        }
    }

    /** That an arm is better by a figure. */
    static Claim of(String id, List<Integer> papers, String words, String metric, Arm better, Arm worse) {
        return of(id, papers, words, metric, metric, better, worse);
    }

    /** That an arm is better by one figure than another by a second. */
    static Claim of(
            String id, List<Integer> papers, String words, String metric, String worseMetric, Arm better, Arm worse) {
        return new Claim(id, papers, words, metric, worseMetric, better, worse, 0);
    }

    /** That an arm loses at most a point in a hundred against another. */
    static Claim noWorse(String id, List<Integer> papers, String words, String metric, Arm arm, Arm than) {
        return new Claim(id, papers, words, metric, metric, arm, than, ONE_POINT);
    }

    @Override
    public Bench bench() {
        return better.bench();
    }

    @Override
    public Map<Arm, String> arms() {
        Map<Arm, String> arms = new LinkedHashMap<>();
        arms.put(better, metric);
        arms.putIfAbsent(worse, worseMetric);
        return arms;
    }

    @Override
    public Optional<Finding> finding(Rows rows) {
        Map<Integer, Double> firsts = rows.values(better, metric);
        Map<Integer, Double> seconds = rows.values(worse, worseMetric);
        firsts.keySet().retainAll(seconds.keySet());
        seconds.keySet().retainAll(firsts.keySet());
        if (firsts.size() < 2) {
            return Optional.empty();
        }
        double[] first =
                firsts.values().stream().mapToDouble(Double::doubleValue).toArray();
        double[] second =
                seconds.values().stream().mapToDouble(Double::doubleValue).toArray();
        PairedDifference difference = PairedDifference.of(first, second, EffectStudy.CONFIDENCE);
        return Optional.of(new Finding(
                "`" + better.name() + "`" + (better.equals(worse) ? "" : ", `" + worse.name() + "`"),
                (metric.equals(worseMetric) ? metric : metric + " and " + worseMetric) + ": "
                        + EffectStudy.spread(first) + ", " + EffectStudy.spread(second),
                difference,
                first.length,
                shown(difference)));
    }

    private String shown(PairedDifference difference) {
        if (difference.shown()) {
            return difference.mean() > 0 ? "yes" : "no: the reverse";
        }
        return margin > 0 && difference.low() > -margin
                ? String.format(Locale.ROOT, "yes, no worse by %.2f", margin)
                : "no difference";
    }
}
