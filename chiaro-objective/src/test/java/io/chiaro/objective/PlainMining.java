package io.chiaro.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The formulas of chosen pairs and triplets, in a batch and against earlier ones, as plain loops; see {@link PlainFormulas}. */
final class PlainMining {

    private PlainMining() {}

    /** An anchor with its candidates by kind. */
    private record Anchor(double[] row, List<double[]> positives, List<double[]> negatives) {}

    private interface Measure {
        double of(double[] a, double[] b);
    }

    private static final Measure UNIT_DISTANCE =
            (a, b) -> PlainFormulas.distance(PlainFormulas.unit(a), PlainFormulas.unit(b));

    private static List<Anchor> batch(Given x) {
        return anchors(x, PlainFormulas.rows(x), new double[0][], new double[0][]);
    }

    /** Against the batch and the queue, both held fixed. */
    private static List<Anchor> past(Given x) {
        double[][] fixed = new double[x.views().length * x.items()][];
        for (int i = 0; i < fixed.length; i++) {
            fixed[i] = x.fixed()[i / x.items()][i % x.items()];
        }
        return anchors(x, fixed, x.rowsOf("queue"), x.rowsOf("queue-labels"));
    }

    private static List<Anchor> anchors(Given x, double[][] candidates, double[][] queue, double[][] queueLabels) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        List<Anchor> anchors = new ArrayList<>();
        for (int i = 0; i < z.length; i++) {
            Anchor anchor = new Anchor(z[i], new ArrayList<>(), new ArrayList<>());
            for (int j = 0; j < candidates.length + queue.length; j++) {
                int label = j < candidates.length ? y[j] : (int) queueLabels[j - candidates.length][0];
                if (j != i) {
                    (label == y[i] ? anchor.positives : anchor.negatives)
                            .add(j < candidates.length ? candidates[j] : queue[j - candidates.length]);
                }
            }
            anchors.add(anchor);
        }
        return anchors;
    }

    /** Sums values and counts those above zero. */
    private static final class Mean {
        private double sum;
        private double count;

        void addAboveZero(double value) {
            addAboveZero(value, 1);
        }

        void addAboveZero(double value, double weight) {
            sum += weight * Math.max(0, value);
            count += value > 0 ? weight : 0;
        }

        void add(double value) {
            sum += value;
            count++;
        }

        double value() {
            return count > 0 ? sum / count : 0;
        }
    }

    private static double softplus(double x) {
        return Math.log(1 + Math.exp(x));
    }

    private static List<Double> measured(Anchor anchor, List<double[]> others, Measure measure) {
        return others.stream().map(other -> measure.of(anchor.row, other)).toList();
    }

    /** Xuan, Stylianou and Pless (2020), section 3: one way to choose positives and one to choose negatives. */
    static double chosen(Given x, String positives, String negatives, double margin) {
        Mean mean = new Mean();
        for (Anchor anchor : batch(x)) {
            List<Double> near = measured(anchor, anchor.positives, UNIT_DISTANCE);
            List<Double> far = measured(anchor, anchor.negatives, UNIT_DISTANCE);
            if (near.isEmpty() || far.isEmpty()) {
                continue;
            }
            List<Double> keptNear = one(near, positives, positives.equals("hard"), far, negatives.equals("hard"));
            List<Double> keptFar = one(far, negatives, negatives.equals("easy"), near, positives.equals("hard"));
            for (double p : keptNear) {
                for (double n : keptFar) {
                    mean.add(softplus(p - n + margin));
                }
            }
        }
        return mean.value();
    }

    private static List<Double> one(
            List<Double> values, String how, boolean largest, List<Double> others, boolean otherLargest) {
        if (how.equals("all")) {
            return values;
        }
        if (how.equals("semihard-negative")) { // the nearest behind the chosen positive
            double limit = extreme(others, otherLargest);
            return values.stream().filter(d -> d > limit).min(Double::compare).stream()
                    .toList();
        }
        if (how.equals("semihard-positive")) { // the farthest before the chosen negative
            double limit = extreme(others, !otherLargest);
            return values.stream().filter(d -> d < limit).max(Double::compare).stream()
                    .toList();
        }
        return List.of(extreme(values, largest));
    }

    private static double extreme(List<Double> values, boolean largest) {
        return values.stream()
                .reduce((a, b) -> largest ? Math.max(a, b) : Math.min(a, b))
                .orElseThrow();
    }

    /** Schroff et al. (2015), section 3.2. */
    static double triplets(Given x, String which, double slack, double margin, boolean smooth) {
        Mean mean = new Mean();
        for (Anchor anchor : batch(x)) {
            for (double p : measured(anchor, anchor.positives, UNIT_DISTANCE)) {
                for (double n : measured(anchor, anchor.negatives, UNIT_DISTANCE)) {
                    double gap = n - p;
                    boolean kept = switch (which) {
                        case "hard" -> gap <= 0;
                        case "semi-hard" -> gap > 0 && gap <= slack;
                        case "easy" -> gap > slack;
                        default -> gap <= slack;
                    };
                    if (kept && smooth) {
                        mean.add(softplus(margin - gap));
                    } else if (kept) {
                        mean.addAboveZero(margin - gap);
                    }
                }
            }
        }
        return mean.value();
    }

    /** Positive pairs beyond one distance, negative ones within another, of the contrastive loss. */
    static double pairsBeyond(Given x, double atLeast, double atMost) {
        Mean near = new Mean();
        Mean far = new Mean();
        for (Anchor anchor : batch(x)) {
            measured(anchor, anchor.positives, UNIT_DISTANCE).stream()
                    .filter(d -> d > atLeast)
                    .forEach(near::addAboveZero);
            measured(anchor, anchor.negatives, UNIT_DISTANCE).stream()
                    .filter(d -> d < atMost)
                    .forEach(d -> far.addAboveZero(1 - d));
        }
        return near.value() + far.value();
    }

    /** Wang et al. (2017), eq. 5, of rows as they are. */
    static double angleMined(Given x, double degrees, double margin) {
        Mean mean = new Mean();
        for (Anchor anchor : batch(x)) {
            for (double[] p : anchor.positives) {
                double[] middle = new double[p.length];
                for (int k = 0; k < p.length; k++) {
                    middle[k] = (anchor.row[k] + p[k]) / 2;
                }
                for (double[] n : anchor.negatives) {
                    double seen =
                            Math.atan(PlainFormulas.distance(anchor.row, p) / (2 * PlainFormulas.distance(n, middle)));
                    if (seen > Math.toRadians(degrees)) {
                        mean.addAboveZero(UNIT_DISTANCE.of(anchor.row, p) - UNIT_DISTANCE.of(anchor.row, n) + margin);
                    }
                }
            }
        }
        return mean.value();
    }

    private static List<List<Double>> allPairs(Given x) {
        List<Double> near = new ArrayList<>();
        List<Double> far = new ArrayList<>();
        for (Anchor anchor : batch(x)) {
            near.addAll(measured(anchor, anchor.positives, UNIT_DISTANCE));
            far.addAll(measured(anchor, anchor.negatives, UNIT_DISTANCE));
        }
        return List.of(
                near.stream().sorted((a, b) -> Double.compare(b, a)).toList(),
                far.stream().sorted().toList());
    }

    /** Yuan et al. (2017), one level: the hardest half of all pairs. */
    static double hardestShare(Given x, double share) {
        List<List<Double>> pairs = allPairs(x);
        Mean near = new Mean();
        Mean far = new Mean();
        pairs.get(0).subList(0, (int) Math.ceil(share * pairs.get(0).size())).forEach(near::addAboveZero);
        pairs.get(1).subList(0, (int) Math.ceil(share * pairs.get(1).size())).forEach(d -> far.addAboveZero(1 - d));
        return near.value() + far.value();
    }

    /** Each bin of distances weighs alike, and so do the pairs in it. */
    static double evenOverBins(Given x, int bins) {
        List<List<Double>> pairs = allPairs(x);
        return even(pairs.get(0), bins, d -> d) + even(pairs.get(1), bins, d -> 1 - d);
    }

    private static double even(List<Double> distances, int bins, DoubleUnaryOperator cost) {
        double least = extreme(distances, false);
        double most = extreme(distances, true);
        Mean mean = new Mean();
        for (int b = 0; b < bins; b++) {
            double from = least + b * (most - least) / bins;
            double to = least + (b + 1) * (most - least) / bins;
            boolean last = b == bins - 1;
            List<Double> inside = distances.stream()
                    .filter(d -> d >= from && (last || d < to))
                    .toList();
            inside.forEach(d -> mean.addAboveZero(cost.applyAsDouble(d), 1.0 / inside.size()));
        }
        return mean.value();
    }

    /** Wu et al. (2017), section 4, in the mean over draws; weights are held fixed. */
    static double distanceWeighted(Given x, double least, double most, double margin, double boundary) {
        List<Anchor> moving = batch(x);
        List<Anchor> fixed = batch(Given.of(x.fixed(), x.labels(), x.targets(), x.memory()));
        Mean mean = new Mean();
        for (int i = 0; i < moving.size(); i++) {
            Anchor anchor = moving.get(i);
            List<Double> held = measured(fixed.get(i), fixed.get(i).negatives, UNIT_DISTANCE);
            double[] weights = new double[held.size()];
            double sum = 0;
            for (int j = 0; j < weights.length; j++) {
                double d = Math.max(least, held.get(j));
                weights[j] = d < most
                        ? 1 / (Math.pow(d, x.width() - 2) * Math.pow(1 - d * d / 4, (x.width() - 3) / 2.0))
                        : 0;
                sum += weights[j];
            }
            int positives = anchor.positives.size();
            if (positives > 0 && sum > 0) {
                for (double d : measured(anchor, anchor.positives, UNIT_DISTANCE)) {
                    mean.addAboveZero(d - boundary + margin, (positives + 1.0) / positives);
                }
                List<Double> far = measured(anchor, anchor.negatives, UNIT_DISTANCE);
                for (int j = 0; j < weights.length; j++) {
                    mean.addAboveZero(boundary - far.get(j) + margin, (positives + 1) * weights[j] / sum);
                }
            }
        }
        return mean.value();
    }

    /** Hermans et al. (2017), eq. 7: all triplets of rows as they are. */
    static double batchAll(Given x, double margin) {
        Mean mean = new Mean();
        for (Anchor anchor : batch(x)) {
            for (double p : measured(anchor, anchor.positives, PlainFormulas::distance)) {
                for (double n : measured(anchor, anchor.negatives, PlainFormulas::distance)) {
                    mean.addAboveZero(p - n + margin);
                }
            }
        }
        return mean.value();
    }

    /** Hermans et al. (2017), eq. 5, of rows as they are, over all anchors; smooth without margin. */
    static double batchHard(Given x, double margin, boolean smooth) {
        Mean mean = new Mean();
        for (Anchor anchor : batch(x)) {
            double farthest = 0;
            for (double d : measured(anchor, anchor.positives, PlainFormulas::distance)) {
                farthest = Math.max(farthest, d);
            }
            double nearest = anchor.negatives.isEmpty()
                    ? farthest
                    : extreme(measured(anchor, anchor.negatives, PlainFormulas::distance), false);
            mean.add(smooth ? softplus(farthest - nearest + margin) : Math.max(0, farthest - nearest + margin));
        }
        return mean.value();
    }

    /** Schroff et al. (2015), section 3.2, of rows as they are. */
    static double semiHard(Given x, double margin) {
        Mean mean = new Mean();
        for (Anchor anchor : batch(x)) {
            List<Double> far = measured(anchor, anchor.negatives, PlainFormulas::distance);
            for (double p : measured(anchor, anchor.positives, PlainFormulas::distance)) {
                List<Double> behind = far.stream().filter(n -> n > p).toList();
                double n = far.isEmpty() ? 0 : behind.isEmpty() ? extreme(far, true) : extreme(behind, false);
                mean.add(Math.max(0, p - n + margin));
            }
        }
        return mean.value();
    }

    /** Khosla et al. (2020), eq. 2, the mean over anchors above zero that have both kinds. */
    static double supConAboveZero(Given x, double temperature) {
        return supCon(batch(x), temperature);
    }

    private static double supCon(List<Anchor> anchors, double temperature) {
        Mean mean = new Mean();
        for (Anchor anchor : anchors) {
            if (anchor.positives.isEmpty() || anchor.negatives.isEmpty()) {
                continue;
            }
            double below = 0;
            double above = 0;
            for (double s : measured(anchor, anchor.positives, PlainFormulas::cosine)) {
                below += Math.exp(s / temperature);
                above += s / temperature / anchor.positives.size();
            }
            for (double s : measured(anchor, anchor.negatives, PlainFormulas::cosine)) {
                below += Math.exp(s / temperature);
            }
            mean.addAboveZero(Math.log(below) - above);
        }
        return mean.value();
    }

    /** The place of the class of each row among the classes, as the row to find. */
    static double instance(Given x, double scale) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        Mean mean = new Mean();
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            int smaller = 0;
            List<Integer> seen = new ArrayList<>();
            for (int j = 0; j < z.length; j++) {
                below += Math.exp(scale * PlainFormulas.cosine(z[i], z[j]));
                if (y[j] < y[i] && !seen.contains(y[j])) {
                    seen.add(y[j]);
                    smaller++;
                }
            }
            mean.add(Math.log(below) - scale * PlainFormulas.cosine(z[i], z[smaller]));
        }
        return mean.value();
    }

    /** Wang et al., cross-batch memory (2020), algorithm 1, around a loss with its usual numbers. */
    static double xbm(Given x, String around) {
        List<Anchor> anchors = past(x);
        return switch (around) {
            case "triplet-margin" -> {
                Mean mean = new Mean();
                for (Anchor anchor : anchors) {
                    for (double p : measured(anchor, anchor.positives, UNIT_DISTANCE)) {
                        measured(anchor, anchor.negatives, UNIT_DISTANCE).forEach(n -> mean.addAboveZero(p - n + 0.05));
                    }
                }
                yield mean.value();
            }
            case "margin" -> {
                Mean mean = new Mean();
                for (Anchor anchor : anchors) {
                    for (double p : measured(anchor, anchor.positives, UNIT_DISTANCE)) {
                        for (double n : measured(anchor, anchor.negatives, UNIT_DISTANCE)) {
                            mean.addAboveZero(p - 1.2 + 0.2);
                            mean.addAboveZero(1.2 - n + 0.2);
                        }
                    }
                }
                yield mean.value();
            }
            case "generalized-lifted-structure" -> {
                Mean mean = new Mean();
                for (Anchor anchor : anchors) {
                    double near = 0;
                    double far = 0;
                    for (double d : measured(anchor, anchor.positives, UNIT_DISTANCE)) {
                        near += Math.exp(d);
                    }
                    for (double d : measured(anchor, anchor.negatives, UNIT_DISTANCE)) {
                        far += Math.exp(1 - d);
                    }
                    mean.add(Math.max(0, Math.log(near) + Math.log(far)));
                }
                yield mean.value();
            }
            case "multi-similarity" -> {
                Mean mean = new Mean();
                for (Anchor anchor : anchors) {
                    double near = 1;
                    double far = 1;
                    for (double s : measured(anchor, anchor.positives, PlainFormulas::cosine)) {
                        near += Math.exp(-2 * (s - 0.5));
                    }
                    for (double s : measured(anchor, anchor.negatives, PlainFormulas::cosine)) {
                        far += Math.exp(50 * (s - 0.5));
                    }
                    mean.add(Math.log(near) / 2 + Math.log(far) / 50);
                }
                yield mean.value();
            }
            case "circle" -> circle(x, anchors);
            case "tuplet-margin" -> {
                Mean mean = new Mean();
                for (Anchor anchor : anchors) {
                    for (double s : measured(anchor, anchor.positives, PlainFormulas::cosine)) {
                        double eased = Math.cos(Math.acos(s) - Math.toRadians(5.73));
                        double sum = 1;
                        for (double n : measured(anchor, anchor.negatives, PlainFormulas::cosine)) {
                            sum += Math.exp(64 * (n - eased));
                        }
                        mean.add(Math.log(sum));
                    }
                }
                yield mean.value();
            }
            case "nca" -> {
                Mean mean = new Mean();
                for (Anchor anchor : anchors) {
                    double own = 0;
                    double other = 0;
                    for (double d : measured(anchor, anchor.positives, UNIT_DISTANCE)) {
                        own += Math.exp(-d * d);
                    }
                    for (double d : measured(anchor, anchor.negatives, UNIT_DISTANCE)) {
                        other += Math.exp(-d * d);
                    }
                    mean.add(-Math.log(own / (own + other)));
                }
                yield mean.value();
            }
            case "nt-xent-by-label" -> {
                Mean mean = new Mean();
                for (Anchor anchor : anchors) {
                    for (double s : measured(anchor, anchor.positives, PlainFormulas::cosine)) {
                        double sum = Math.exp(s / 0.07);
                        for (double n : measured(anchor, anchor.negatives, PlainFormulas::cosine)) {
                            sum += Math.exp(n / 0.07);
                        }
                        mean.add(Math.log(sum) - s / 0.07);
                    }
                }
                yield mean.value();
            }
            case "signal-to-noise-contrastive" -> {
                Mean near = new Mean();
                Mean far = new Mean();
                for (Anchor anchor : anchors) {
                    measured(anchor, anchor.positives, PlainMining::noise).forEach(near::addAboveZero);
                    measured(anchor, anchor.negatives, PlainMining::noise).forEach(d -> far.addAboveZero(1 - d));
                }
                yield near.value() + far.value();
            }
            default -> supCon(anchors, 0.1);
        };
    }

    /** Sun et al. (2020), eq. 6, with the weights held fixed. */
    private static double circle(Given x, List<Anchor> anchors) {
        List<Anchor> fixed = past(Given.of(x.fixed(), x.labels(), x.targets(), x.memory()));
        Mean mean = new Mean();
        for (int i = 0; i < anchors.size(); i++) {
            double near = 0;
            double far = 0;
            List<Double> moving = measured(anchors.get(i), anchors.get(i).positives, PlainFormulas::cosine);
            List<Double> held = measured(fixed.get(i), fixed.get(i).positives, PlainFormulas::cosine);
            for (int j = 0; j < moving.size(); j++) {
                near += Math.exp(-80 * Math.max(0, 1.4 - held.get(j)) * (moving.get(j) - 0.6));
            }
            moving = measured(anchors.get(i), anchors.get(i).negatives, PlainFormulas::cosine);
            held = measured(fixed.get(i), fixed.get(i).negatives, PlainFormulas::cosine);
            for (int j = 0; j < moving.size(); j++) {
                far += Math.exp(80 * Math.max(0, held.get(j) + 0.4) * (moving.get(j) - 0.4));
            }
            if (near > 0 && far > 0) {
                mean.addAboveZero(Math.log1p(near * far));
            }
        }
        return mean.value();
    }

    /** Yuan et al. (2019), eq. 5, of unit rows: var(a - b) / var(a). */
    private static double noise(double[] a, double[] b) {
        double[] u = PlainFormulas.unit(a);
        double[] v = PlainFormulas.unit(b);
        double[] difference = new double[u.length];
        for (int k = 0; k < u.length; k++) {
            difference[k] = u[k] - v[k];
        }
        return variance(difference) / variance(u);
    }

    private static double variance(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum;
    }

    /** Wieting and Gimpel (2018), eq. 1, with a margin for each side. */
    static double megaBatch(Given x, double positiveMargin, double negativeMargin) {
        Mean mean = new Mean();
        for (int i = 0; i < x.items(); i++) {
            double hardest = -2;
            for (int j = 0; j < x.items(); j++) {
                hardest = j == i ? hardest : Math.max(hardest, PlainFormulas.cosine(x.views()[0][i], x.views()[1][j]));
            }
            mean.add(Math.max(0, positiveMargin - PlainFormulas.cosine(x.views()[0][i], x.views()[1][i]))
                    + Math.max(0, hardest - negativeMargin));
        }
        return mean.value();
    }

    /** Hadsell et al. (2006), eq. 4, with 1 - cosine. */
    static double labelledPairs(Given x, double margin) {
        Mean mean = new Mean();
        for (int i = 0; i < x.items(); i++) {
            double d = 1 - PlainFormulas.cosine(x.views()[0][i], x.views()[1][i]);
            double y = x.targets()[i];
            mean.add((y * d * d + (1 - y) * Math.pow(Math.max(0, margin - d), 2)) / 2);
        }
        return mean.value();
    }

    /** The same of hard pairs alone, added. */
    static double hardLabelledPairs(Given x, double margin) {
        List<Double> near = new ArrayList<>();
        List<Double> far = new ArrayList<>();
        for (int i = 0; i < x.items(); i++) {
            (x.targets()[i] == 1 ? near : far).add(1 - PlainFormulas.cosine(x.views()[0][i], x.views()[1][i]));
        }
        double sum = 0;
        for (double d : near) {
            sum += d > extreme(far, false) ? d * d : 0;
        }
        for (double d : far) {
            sum += d < extreme(near, true) ? Math.pow(Math.max(0, margin - d), 2) : 0;
        }
        return sum;
    }

    /** Carlsson et al. (2021), eq. 1. */
    static double labelledLogistic(Given x) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double s = PlainFormulas.dot(x.views()[0][i], x.views()[1][i]);
            sum += softplus(s) - x.targets()[i] * s;
        }
        return sum;
    }

    /** Reimers and Gurevych (2019), section 3: three rows of weights a class. */
    static double pairClassifier(Given x) {
        double[][] weights = x.rowsOf("pair-weights");
        Mean mean = new Mean();
        for (int i = 0; i < x.items(); i++) {
            double[] u = x.views()[0][i];
            double[] v = x.views()[1][i];
            double[] apart = new double[u.length];
            for (int k = 0; k < u.length; k++) {
                apart[k] = Math.abs(u[k] - v[k]);
            }
            double below = 0;
            double own = 0;
            for (int c = 0; c < weights.length / 3; c++) {
                double score = PlainFormulas.dot(weights[3 * c], u)
                        + PlainFormulas.dot(weights[3 * c + 1], v)
                        + PlainFormulas.dot(weights[3 * c + 2], apart);
                below += Math.exp(score);
                own = c == x.labels()[i] ? score : own;
            }
            mean.add(Math.log(below) - own);
        }
        return mean.value();
    }
}
