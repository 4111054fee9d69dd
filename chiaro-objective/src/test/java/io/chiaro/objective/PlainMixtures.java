package io.chiaro.objective;

import static io.chiaro.objective.PlainFormulas.dot;
import static io.chiaro.objective.PlainFormulas.unit;
import static io.chiaro.objective.PlainFormulas.units;

import io.chiaro.core.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The formulas of keys that are made, and of keys that are filtered; see {@link PlainFormulas}. */
final class PlainMixtures {

    private PlainMixtures() {}

    private static double[] between(double[] a, double[] b, double share) {
        double[] made = new double[a.length];
        Arrays.setAll(made, k -> share * a[k] + (1 - share) * b[k]);
        return made;
    }

    /** Joehnk (1964). */
    private static double beta(RandomStream random, double first, double second) {
        double x;
        double y;
        do {
            x = Math.pow(1 - random.nextDouble(), 1 / first);
            y = Math.pow(1 - random.nextDouble(), 1 / second);
        } while (x + y > 1);
        return x / (x + y);
    }

    /** -log( exp own / (exp own + sum exp others) ). */
    private static double infoNce(double own, double[] others) {
        double below = Math.exp(own);
        for (double other : others) {
            below += Math.exp(other);
        }
        return Math.log(below) - own;
    }

    private static double[] scores(double[] anchor, double[][] rows, double temperature) {
        return Arrays.stream(rows)
                .mapToDouble(row -> dot(anchor, row) / temperature)
                .toArray();
    }

    /** Hoang et al. (2025). */
    static double dualView(Given x, double temperature, int hardest, double keys) {
        double[][] queue = units(x.rowsOf("queue"));
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] query = unit(x.views()[0][i]);
            double[] key = unit(x.fixed()[1][i]);
            double own = dot(query, key) / temperature;
            double[][] sides = {query, key};
            for (int side = 0; side < 2; side++) {
                double[] sorted = scores(sides[side], queue, temperature);
                Arrays.sort(sorted);
                int from = Math.max(0, sorted.length - hardest);
                sum += (side == 0 ? 1 - keys : keys) * infoNce(own, Arrays.copyOfRange(sorted, from, sorted.length));
            }
        }
        return sum / x.items();
    }

    /** Wu, Hobbs and Hovakimyan (2023), as {@code Hallucinated} puts it down. */
    static double hallucinated(Given x, double temperature, double reach, double weight) {
        double[][] queue = units(x.rowsOf("queue"));
        double[][] smoothed = Arrays.stream(queue).map(row -> smoothed(x, row)).toArray(double[][]::new);
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] query = unit(x.views()[0][i]);
            double[] key = unit(x.fixed()[1][i]);
            double step = reach * RandomStream.of(0, "hallucination", i).nextDouble();
            double[] moved = new double[x.width()];
            Arrays.setAll(moved, k -> key[k] + step * (key[k] - (query[k] + key[k]) / 2));
            sum += infoNce(dot(query, key) / temperature, scores(query, queue, temperature))
                    + weight
                            * infoNce(
                                    dot(query, smoothed(x, moved)) / temperature, scores(query, smoothed, temperature));
        }
        return sum / x.items() / (1 + weight);
    }

    private static double[] smoothed(Given x, double[] row) {
        double[][] in = x.rowsOf("smoothing-in");
        double[][] out = x.rowsOf("smoothing-out");
        double[] made = row.clone();
        for (int h = 0; h < in.length; h++) {
            double active = Math.max(0, dot(in[h], row) + x.rowsOf("smoothing-bias")[h][0]);
            for (int k = 0; k < made.length; k++) {
                made[k] += active * out[h][k];
            }
        }
        return unit(made);
    }

    /** Rows of all views one after another. */
    private static double[][] rows(double[][][] views) {
        return Arrays.stream(views).flatMap(Arrays::stream).toArray(double[][]::new);
    }

    private static double crossEntropy(double[] row, double[][] classes, double scale, double[] target) {
        double[] scores = scores(row, classes, 1 / scale);
        double below = Math.log(Arrays.stream(scores).map(Math::exp).sum());
        double sum = 0;
        for (int c = 0; c < scores.length; c++) {
            sum += target[c] * (below - scores[c]);
        }
        return sum;
    }

    private static double[] oneHot(int label, int classes) {
        double[] target = new double[classes];
        target[label] = 1;
        return target;
    }

    /** The numbers that {@code core-tuning} is told. */
    record Tuning(double temperature, double scale, double contrast, double focus, double shape, double least) {}

    /** Zhang et al. (2021), section 4, on one embedding. */
    static double coreTuning(Given x, Tuning told) {
        return coreTuning(x, told, false);
    }

    /** The same; with masked zeros a row that is no positive counts as one with the cosine 0, as in an implementation. */
    static double coreTuning(Given x, Tuning told, boolean maskedZeros) {
        double temperature = told.temperature();
        double scale = told.scale();
        double contrast = told.contrast();
        double focus = told.focus();
        double shape = told.shape();
        double least = told.least();
        double[][] units = units(rows(x.views()));
        double[][] classes = units(x.rowsOf("classes"));
        int n = units.length;
        int[] labels = new int[n];
        Arrays.setAll(labels, i -> x.labels()[i % x.items()]);
        double classified = 0;
        int counted = 0;
        double contrasted = 0;
        for (int i = 0; i < n; i++) {
            int farthest = i;
            int nearest = -1;
            List<Integer> others = new ArrayList<>();
            for (int j = 0; j < n; j++) {
                double cosine = dot(units[i], units[j]);
                if (labels[j] != labels[i]) {
                    others.add(j);
                    nearest = nearest < 0 || cosine > dot(units[i], units[nearest]) ? j : nearest;
                } else if (j != i) {
                    farthest = farthest == i || cosine < dot(units[i], units[farthest]) ? j : farthest;
                }
            }
            for (int j = 0; j < n && maskedZeros; j++) {
                if (labels[j] != labels[i] && dot(units[i], units[farthest]) > 0) {
                    farthest = j;
                    break;
                }
            }
            double a = beta(RandomStream.of(0, "hard positive", i), shape, shape);
            int paired = nearest < 0 ? farthest : nearest;
            double[] hardPositive = unit(between(units[farthest], units[paired], a));
            classified += crossEntropy(units[i], classes, scale, oneHot(labels[i], classes.length));
            classified += crossEntropy(
                    hardPositive,
                    classes,
                    scale,
                    between(oneHot(labels[farthest], classes.length), oneHot(labels[paired], classes.length), a));
            counted += 2;
            List<double[]> candidates = new ArrayList<>();
            List<Boolean> belongs = new ArrayList<>();
            for (int j = 0; j < n; j++) {
                if (j != i) {
                    candidates.add(units[j]);
                    belongs.add(labels[j] == labels[i]);
                }
            }
            candidates.add(hardPositive);
            belongs.add(true);
            if (!others.isEmpty()) {
                RandomStream random = RandomStream.of(0, "hard negative", i);
                int other = others.get(random.nextInt(others.size()));
                double b = Math.max(least, beta(random, shape, shape));
                double[] hardNegative = unit(between(units[other], units[i], b));
                classified += crossEntropy(
                        hardNegative,
                        classes,
                        scale,
                        between(oneHot(labels[other], classes.length), oneHot(labels[i], classes.length), b));
                counted++;
                candidates.add(hardNegative);
                belongs.add(false);
            }
            contrasted += focal(units[i], candidates, belongs, temperature, focus) / n;
        }
        return classified / counted + contrast * contrasted;
    }

    private static double focal(
            double[] anchor, List<double[]> candidates, List<Boolean> belongs, double temperature, double focus) {
        double[] scores = scores(anchor, candidates.toArray(double[][]::new), temperature);
        double below = Arrays.stream(scores).map(Math::exp).sum();
        double sum = 0;
        int positives = 0;
        for (int c = 0; c < scores.length; c++) {
            if (belongs.get(c)) {
                double share = Math.exp(scores[c]) / below;
                sum -= (1 - focus * share) * Math.log(share);
                positives++;
            }
        }
        return sum / positives;
    }

    /** The numbers that a {@code sup-re-mix} is told. */
    record Numbers(int negatives, int positives, double window, double magnifying) {}

    /** Wu et al. (2023), section 3, with mixtures drawn. */
    static double supReMix(Given x, double temperature, Numbers told) {
        return supReMix(x, temperature, told, false);
    }

    /** The same; with maxima apart rows and mixtures each have their own highest score taken off, as in an implementation. */
    static double supReMix(Given x, double temperature, Numbers told, boolean maximaApart) {
        double[][] units = units(rows(x.views()));
        double[][] fixed = units(rows(x.fixed()));
        double[] numbers = new double[units.length];
        Arrays.setAll(numbers, i -> x.targets()[i % x.items()]);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < units.length; i++) {
            List<Double> scores = new ArrayList<>();
            List<Double> weights = new ArrayList<>();
            List<Boolean> belongs = new ArrayList<>();
            for (int j = 0; j < units.length; j++) {
                if (j != i) {
                    scores.add(dot(units[i], units[j]) / temperature);
                    weights.add(1 + told.magnifying() * Math.abs(numbers[i] - numbers[j]));
                    belongs.add(numbers[j] == numbers[i]);
                }
            }
            int real = scores.size();
            List<Integer> others = new ArrayList<>();
            List<Integer> lower = new ArrayList<>();
            List<Integer> higher = new ArrayList<>();
            for (int j = 0; j < units.length; j++) {
                double gap = numbers[j] - numbers[i];
                if (gap != 0) {
                    others.add(j);
                }
                if (gap < 0 && -gap < told.window()) {
                    lower.add(j);
                }
                if (gap > 0 && gap < told.window()) {
                    higher.add(j);
                }
            }
            RandomStream random = RandomStream.of(0, "mixed negatives", i);
            for (int k = 0; k < told.negatives() && !others.isEmpty(); k++) {
                int other = others.get(random.nextInt(others.size()));
                double a = beta(random, 2, 8);
                double number = a * numbers[i] + (1 - a) * numbers[other];
                scores.add(dot(units[i], between(fixed[i], fixed[other], a)) / temperature);
                weights.add(1 + told.magnifying() * Math.abs(numbers[i] - number));
                belongs.add(false);
            }
            random = RandomStream.of(0, "mixed positives", i);
            for (int k = 0; k < told.positives() && !lower.isEmpty() && !higher.isEmpty(); k++) {
                int low = lower.get(random.nextInt(lower.size()));
                int high = higher.get(random.nextInt(higher.size()));
                double b = (numbers[high] - numbers[i]) / (numbers[high] - numbers[low]);
                scores.add(dot(units[i], between(fixed[low], fixed[high], b)) / temperature);
                weights.add(1.0);
                belongs.add(true);
            }
            if (belongs.contains(true)) {
                List<List<Double>> parts = List.of(scores.subList(0, real), scores.subList(real, scores.size()));
                for (List<Double> part : maximaApart ? parts : List.<List<Double>>of()) {
                    double most =
                            part.stream().mapToDouble(score -> score).max().orElse(0);
                    part.replaceAll(score -> score - most);
                }
                sum += weighted(scores, weights, belongs);
                anchors++;
            }
        }
        return sum / anchors;
    }

    /** log( sum of weight exp score ) less the mean of the scores that belong. */
    private static double weighted(List<Double> scores, List<Double> weights, List<Boolean> belongs) {
        double below = 0;
        double above = 0;
        int count = 0;
        for (int c = 0; c < scores.size(); c++) {
            below += weights.get(c) * Math.exp(scores.get(c));
            above += belongs.get(c) ? scores.get(c) : 0;
            count += belongs.get(c) ? 1 : 0;
        }
        return Math.log(below) - above / count;
    }

    /** NT-Xent whose negatives of the anchor's own class count as {@code share} of one. */
    static double clusterAware(Given x, double temperature, double share) {
        double[][] units = units(rows(x.views()));
        int n = x.items();
        double sum = 0;
        for (int i = 0; i < units.length; i++) {
            double below = 0;
            double own = 0;
            for (int j = 0; j < units.length; j++) {
                double score = dot(units[i], units[j]) / temperature;
                if (j != i && j % n == i % n) {
                    own += score;
                    below += Math.exp(score);
                } else if (j != i) {
                    below += (x.labels()[j % n] == x.labels()[i % n] ? share : 1) * Math.exp(score);
                }
            }
            sum += Math.log(below) - own;
        }
        return sum / units.length;
    }

    /** How much the sets of labels of two rows have in common, of what they have together. */
    static PlainPapers.Degrees sharedLabels(Given x) {
        double[][] sets = x.rowsOf("label-sets");
        return (i, j) -> {
            double[] one = sets[x.labels()[i % x.items()]];
            double[] other = sets[x.labels()[j % x.items()]];
            double common = 0;
            double together = 0;
            for (int l = 0; l < one.length; l++) {
                common += Math.min(one[l], other[l]);
                together += Math.max(one[l], other[l]);
            }
            return together == 0 ? 0 : common / together;
        };
    }

    /** InfoNCE of the first view against the second, a mean weighed by the numbers of the items. */
    static double byQuality(Given x, double temperature) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < x.items(); i++) {
            double below = 0;
            double own = 0;
            for (int j = 0; j < x.items(); j++) {
                double score = dot(unit(x.views()[0][i]), unit(x.views()[1][j])) / temperature;
                below += Math.exp(score);
                own += j == i ? score : 0;
            }
            sum += x.targets()[i] * (Math.log(below) - own);
            weights += x.targets()[i];
        }
        return sum / weights;
    }
}
