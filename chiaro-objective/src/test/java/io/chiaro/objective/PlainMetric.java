package io.chiaro.objective;

import java.util.ArrayList;
import java.util.List;

/** The formulas of pairs, triplets and lists by label, as plain loops; see {@link PlainFormulas}. */
final class PlainMetric {

    private PlainMetric() {}

    private static double unitDistance(double[] a, double[] b) {
        return PlainFormulas.distance(PlainFormulas.unit(a), PlainFormulas.unit(b));
    }

    private static double squaredUnitDistance(double[] a, double[] b) {
        return unitDistance(a, b) * unitDistance(a, b);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Goldberger et al. (2004), eq. 3, on unit vectors. */
    static double nca(Given x) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double own = 0;
            double all = 0;
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    double e = Math.exp(-squaredUnitDistance(z[i], z[j]));
                    all += e;
                    own += y[j] == y[i] ? e : 0;
                }
            }
            if (own > 0) {
                sum -= Math.log(own / all);
                anchors++;
            }
        }
        return sum / anchors;
    }

    /** Cakir et al. (2019), eq. 9: average precision from parts of histograms. */
    static double fastAp(Given x, int bins) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double[] positive = new double[bins + 1];
            double[] negative = new double[bins + 1];
            int positives = 0;
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    double at = squaredUnitDistance(z[i], z[j]) / 4 * bins;
                    int low = Math.min((int) at, bins - 1);
                    double[] into = y[j] == y[i] ? positive : negative;
                    into[low] += 1 - (at - low);
                    into[low + 1] += at - low;
                    positives += y[j] == y[i] ? 1 : 0;
                }
            }
            if (positives > 0) {
                double precision = 0;
                double seenPositive = 0;
                double seen = 0;
                for (int b = 0; b <= bins; b++) {
                    seenPositive += positive[b];
                    seen += positive[b] + negative[b];
                    precision += positive[b] > 0 ? positive[b] * seenPositive / seen : 0;
                }
                sum += 1 - precision / positives;
                anchors++;
            }
        }
        return sum / anchors;
    }

    /** Brown et al. (2020), eq. 4, with the anchor among its class as in the authors' code. */
    static double smoothAp(Given x, double temperature) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double precision = 0;
            int members = 0;
            for (int j = 0; j < z.length; j++) {
                if (y[j] == y[i]) {
                    double among = 1;
                    double all = 1;
                    for (int k = 0; k < z.length; k++) {
                        if (k != j) {
                            double before =
                                    sigmoid((PlainFormulas.cosine(z[i], z[k]) - PlainFormulas.cosine(z[i], z[j]))
                                            / temperature);
                            all += before;
                            among += y[k] == y[i] ? before : 0;
                        }
                    }
                    precision += among / all;
                    members++;
                }
            }
            if (members > 1) {
                sum += 1 - precision / members;
                anchors++;
            }
        }
        return sum / anchors;
    }

    /** Li et al. (2022), table 1. */
    static double pnp(Given x, double temperature, String variant, double b, double alpha) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double own = 0;
            int members = 0;
            for (int j = 0; j < z.length; j++) {
                if (y[j] == y[i]) {
                    double r = 0;
                    for (int k = 0; k < z.length; k++) {
                        r += y[k] == y[i]
                                ? 0
                                : sigmoid((PlainFormulas.cosine(z[i], z[k]) - PlainFormulas.cosine(z[i], z[j]))
                                        / temperature);
                    }
                    own += switch (variant) {
                        case "ds" -> Math.log(1 + r);
                        case "dq" -> 1 - Math.pow(1 + r, -alpha);
                        case "iu" -> (1 + r) * Math.log(1 + r);
                        case "ib" -> (b * r - Math.log(1 + b * r)) / (b * b);
                        default -> r;
                    };
                    members++;
                }
            }
            if (members > 1) {
                sum += own / members;
                anchors++;
            }
        }
        return sum / anchors;
    }

    /** Wang et al. (2019), eq. 8, with the small numbers of the reference. */
    static double rankedList(
            Given x, double margin, double boundary, double positiveHeat, double negativeHeat, double imbalance) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double near = 0;
            double nearWeights = 1e-5 * z.length;
            double far = 0;
            double farWeights = 1e-5 * z.length;
            for (int j = 0; j < z.length; j++) {
                double d = j == i ? 0 : unitDistance(z[i], z[j]);
                double outside = d - (boundary - margin);
                double inside = boundary - d;
                if (j != i && y[j] == y[i] && outside > 0) {
                    near += Math.exp(positiveHeat * outside) * outside;
                    nearWeights += Math.exp(positiveHeat * outside);
                } else if (y[j] != y[i] && inside > 0) {
                    far += Math.exp(negativeHeat * inside) * inside;
                    farWeights += Math.exp(negativeHeat * inside);
                }
            }
            sum += (1 - imbalance) * near / nearWeights + imbalance * far / farWeights;
        }
        return sum / z.length;
    }

    /** Ustinova and Lempitsky (2016), eq. 5. */
    static double histogram(Given x, int bins) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[] positive = new double[bins + 1];
        double[] negative = new double[bins + 1];
        int positives = 0;
        int negatives = 0;
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < i; j++) {
                double at = (PlainFormulas.cosine(z[i], z[j]) + 1) / 2 * bins;
                int low = Math.min((int) at, bins - 1);
                double[] into = y[i] == y[j] ? positive : negative;
                into[low] += 1 - (at - low);
                into[low + 1] += at - low;
                positives += y[i] == y[j] ? 1 : 0;
                negatives += y[i] == y[j] ? 0 : 1;
            }
        }
        double value = 0;
        double below = 0;
        for (int b = 0; b <= bins; b++) {
            below += positive[b] / positives;
            value += negative[b] / negatives * below;
        }
        return value;
    }

    /** Song et al. (2016), eq. 4, on unit vectors. */
    static double lifted(Given x, double near, double far) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < z.length; j++) {
                if (j != i && y[j] == y[i]) {
                    double inner = 0;
                    for (int n = 0; n < z.length; n++) {
                        if (y[n] != y[i]) {
                            inner +=
                                    Math.exp(far - unitDistance(z[i], z[n])) + Math.exp(far - unitDistance(z[j], z[n]));
                        }
                    }
                    sum += Math.pow(Math.max(0, Math.log(inner) + unitDistance(z[i], z[j]) - near), 2) / 2;
                    pairs++;
                }
            }
        }
        return sum / pairs;
    }

    /** Wang et al. (2017), eq. 8: anchors and positives of length one, negatives as they are. */
    static double angular(Given x, double degrees) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double t = Math.pow(Math.tan(Math.toRadians(degrees)), 2);
        double sum = 0;
        int pairs = 0;
        for (int a = 0; a < z.length; a++) {
            for (int p = 0; p < z.length; p++) {
                if (p != a && y[p] == y[a]) {
                    double inner = 1;
                    double[] ua = PlainFormulas.unit(z[a]);
                    double[] up = PlainFormulas.unit(z[p]);
                    for (int n = 0; n < z.length; n++) {
                        if (y[n] != y[a]) {
                            inner += Math.exp(4 * t * (PlainFormulas.dot(ua, z[n]) + PlainFormulas.dot(up, z[n]))
                                    - 2 * (1 + t) * PlainFormulas.dot(ua, up));
                        }
                    }
                    sum += Math.log(inner);
                    pairs++;
                }
            }
        }
        return sum / pairs;
    }

    /** Sohn (2016), eq. 4, on unit vectors, for the first two rows of each class. */
    static double nPairs(Given x) {
        double[][] z = PlainFormulas.units(PlainFormulas.rows(x));
        int[] y = PlainFormulas.labels(x);
        List<int[]> pairs = new ArrayList<>();
        for (int label = 0; label < 5; label++) {
            int first = -1;
            int second = -1;
            for (int i = z.length - 1; i >= 0; i--) {
                if (y[i] == label) {
                    second = first;
                    first = i;
                }
            }
            if (second >= 0) {
                pairs.add(new int[] {first, second});
            }
        }
        double sum = 0;
        for (int[] own : pairs) {
            double below = 0;
            for (int[] other : pairs) {
                below += Math.exp(PlainFormulas.dot(z[own[0]], z[other[1]]));
            }
            sum += Math.log(below) - PlainFormulas.dot(z[own[0]], z[own[1]]);
        }
        return sum / pairs.size();
    }

    /** Yu and Tao (2019), eq. 9 and 10. */
    static double intraPairVariance(Given x, double epsilon) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[] mean = new double[2];
        int[] count = new int[2];
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    int kind = y[j] == y[i] ? 0 : 1;
                    mean[kind] += PlainFormulas.cosine(z[i], z[j]);
                    count[kind]++;
                }
            }
        }
        double value = 0;
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    int kind = y[j] == y[i] ? 0 : 1;
                    double s = PlainFormulas.cosine(z[i], z[j]);
                    double m = mean[kind] / count[kind];
                    double over = kind == 0 ? (1 - epsilon) * m - s : s - (1 + epsilon) * m;
                    value += Math.pow(Math.max(0, over), 2) / count[kind];
                }
            }
        }
        return value;
    }

    /** Zhang and Rusinkiewicz (2019), section 3.2. */
    static double dynamicSoftMargin(Given x, double minimum, int bins) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        List<Double> gaps = new ArrayList<>();
        for (int a = 0; a < z.length; a++) {
            for (int p = 0; p < z.length; p++) {
                for (int n = 0; n < z.length; n++) {
                    if (p != a && y[p] == y[a] && y[n] != y[a]) {
                        gaps.add(unitDistance(z[a], z[p]) - unitDistance(z[a], z[n]));
                    }
                }
            }
        }
        double width = -2 * minimum / bins;
        double[] histogram = new double[bins + 1];
        for (double gap : gaps) {
            double at = (gap - minimum) / width;
            histogram[(int) at] += 1 - (at - (int) at);
            histogram[(int) at + 1] += at - (int) at;
        }
        double total = 0;
        for (int b = 0; b < bins; b++) {
            total += histogram[b];
        }
        double sum = 0;
        for (double gap : gaps) {
            double below = 0;
            for (int b = 0; b <= (int) ((gap - minimum) / width); b++) {
                below += histogram[b] / total;
            }
            sum += below * gap;
        }
        return sum / gaps.size();
    }

    /** Yuan et al. (2019), eq. 5 and 8, on unit vectors. */
    static double signalToNoise(Given x, double near, double far) {
        double[][] z = PlainFormulas.units(PlainFormulas.rows(x));
        int[] y = PlainFormulas.labels(x);
        double[] sums = new double[2];
        int[] above = new int[2];
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    double[] noise = new double[z[i].length];
                    for (int k = 0; k < noise.length; k++) {
                        noise[k] = z[i][k] - z[j][k];
                    }
                    double d = variance(noise) / variance(z[i]);
                    int kind = y[j] == y[i] ? 0 : 1;
                    double term = Math.max(0, kind == 0 ? d - near : far - d);
                    sums[kind] += term;
                    above[kind] += term > 0 ? 1 : 0;
                }
            }
        }
        return (above[0] > 0 ? sums[0] / above[0] : 0) + (above[1] > 0 ? sums[1] / above[1] : 0);
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
        return sum / (values.length - 1);
    }

    /** Zhang et al. (2024), eq. 4. */
    static double consistent(Given x, double near, double far) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[] sums = new double[2];
        int[] above = new int[2];
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < z.length; j++) {
                double s = PlainFormulas.cosine(z[i], z[j]);
                int kind = y[j] == y[i] ? 0 : 1;
                double term = kind == 0 ? near - s : s - far;
                if (j != i && term >= 0) {
                    sums[kind] += term;
                    above[kind]++;
                }
            }
        }
        return (above[0] > 0 ? sums[0] / above[0] : 0) + (above[1] > 0 ? sums[1] / above[1] : 0);
    }

    /** Wang et al. (2020), algorithm 1: candidates of the batch are held fixed, those of earlier batches too. */
    static double crossBatchMemory(Given x) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[][] queue = x.rowsOf("queue");
        double[][] labels = x.rowsOf("queue-labels");
        double[] sums = new double[2];
        int[] above = new int[2];
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < z.length + queue.length; j++) {
                if (j != i) {
                    double[] other = j < z.length ? x.fixed()[j / x.items()][j % x.items()] : queue[j - z.length];
                    int label = j < z.length ? y[j] : (int) labels[j - z.length][0];
                    double d = unitDistance(z[i], other);
                    int kind = label == y[i] ? 0 : 1;
                    double term = Math.max(0, kind == 0 ? d : 1 - d);
                    sums[kind] += term;
                    above[kind] += term > 0 ? 1 : 0;
                }
            }
        }
        return (above[0] > 0 ? sums[0] / above[0] : 0) + (above[1] > 0 ? sums[1] / above[1] : 0);
    }

    /** Hermans et al. (2017), eq. 5, on unit vectors; the mean over anchors whose term is above zero. */
    static double batchHard(Given x, double margin) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int above = 0;
        for (int i = 0; i < z.length; i++) {
            double farthest = -1;
            double nearest = 9;
            for (int j = 0; j < z.length; j++) {
                if (j != i && y[j] == y[i]) {
                    farthest = Math.max(farthest, unitDistance(z[i], z[j]));
                } else if (j != i) {
                    nearest = Math.min(nearest, unitDistance(z[i], z[j]));
                }
            }
            double term = farthest < 0 ? 0 : farthest - nearest + margin;
            sum += Math.max(0, term);
            above += term > 0 ? 1 : 0;
        }
        return above == 0 ? 0 : sum / above;
    }

    /** Xuan et al. (2020): the nearest positive against the nearest negative that is farther; the soft triplet. */
    static double easyPositive(Given x, double margin) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double positive = 9;
            for (int j = 0; j < z.length; j++) {
                positive = j != i && y[j] == y[i] ? Math.min(positive, unitDistance(z[i], z[j])) : positive;
            }
            double negative = 9;
            for (int j = 0; j < z.length; j++) {
                double d = j == i ? 0 : unitDistance(z[i], z[j]);
                negative = y[j] != y[i] && d > positive ? Math.min(negative, d) : negative;
            }
            if (positive < 9 && negative < 9) {
                sum += Math.log(1 + Math.exp(positive - negative + margin));
                anchors++;
            }
        }
        return anchors == 0 ? 0 : sum / anchors;
    }

    /** Wang et al. (2019), eq. 9 to 12. */
    static double multiSimilarityMined(Given x, double alpha, double beta, double base, double epsilon) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double farthest = 9;
            double nearest = -9;
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    double s = PlainFormulas.cosine(z[i], z[j]);
                    farthest = y[j] == y[i] ? Math.min(farthest, s) : farthest;
                    nearest = y[j] == y[i] ? nearest : Math.max(nearest, s);
                }
            }
            double near = 0;
            double far = 0;
            for (int j = 0; j < z.length && farthest < 9; j++) {
                if (j != i) {
                    double s = PlainFormulas.cosine(z[i], z[j]);
                    near += y[j] == y[i] && s < nearest + epsilon ? Math.exp(-alpha * (s - base)) : 0;
                    far += y[j] != y[i] && s > farthest - epsilon ? Math.exp(beta * (s - base)) : 0;
                }
            }
            sum += Math.log(1 + near) / alpha + Math.log(1 + far) / beta;
        }
        return sum / z.length;
    }

    // Classes.

    /** Movshovitz-Attias et al. (2017), eq. 4, the own class in the denominator. */
    static double proxyNca(Given x) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[][] classes = x.rowsOf("classes");
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            for (double[] other : classes) {
                below += Math.exp(-squaredUnitDistance(z[i], other));
            }
            sum += squaredUnitDistance(z[i], classes[y[i]]) + Math.log(below);
        }
        return sum / z.length;
    }

    /** Liu et al. (2016), eq. 6, and Liu et al. (2017), eq. 7: by the arc cosine. */
    static double multipliedAngle(Given x, int margin, double scale, boolean classLength) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[][] classes = x.rowsOf("classes");
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double length = Math.sqrt(PlainFormulas.dot(z[i], z[i]));
            double below = 0;
            double own = 0;
            for (int c = 0; c < classes.length; c++) {
                double s = PlainFormulas.cosine(z[i], classes[c]);
                if (c == y[i]) {
                    double angle = Math.acos(s);
                    int k = (int) Math.floor(angle * margin / Math.PI);
                    s = (k % 2 == 0 ? 1 : -1) * Math.cos(margin * angle) - 2 * k;
                }
                double logit =
                        s * length * scale * (classLength ? Math.sqrt(PlainFormulas.dot(classes[c], classes[c])) : 1);
                below += Math.exp(logit);
                own = c == y[i] ? logit : own;
            }
            sum += Math.log(below) - own;
        }
        return sum / z.length;
    }

    /** Deng et al. (2020), eq. 3. */
    static double subCentre(Given x, int perClass, double scale, double degrees) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[][] centres = x.rowsOf("centres");
        double sum = 0;
        double m = Math.toRadians(degrees);
        for (int i = 0; i < z.length; i++) {
            double[] nearest = new double[centres.length / perClass];
            for (int c = 0; c < centres.length; c++) {
                double s = PlainFormulas.cosine(z[i], centres[c]);
                nearest[c / perClass] = c % perClass == 0 ? s : Math.max(nearest[c / perClass], s);
            }
            double angle = Math.acos(nearest[y[i]]);
            nearest[y[i]] = angle + m > Math.PI ? nearest[y[i]] - m * Math.sin(m) : Math.cos(angle + m);
            double below = 0;
            for (double s : nearest) {
                below += Math.exp(scale * (s - 1));
            }
            sum += Math.log(below) - scale * (nearest[y[i]] - 1);
        }
        return sum / z.length;
    }

    /** Qian et al. (2019), eq. 8. */
    static double softTriple(Given x, int perClass, double scale, double gamma, double margin) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[][] centres = x.rowsOf("centres");
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            double own = 0;
            for (int c = 0; c < centres.length / perClass; c++) {
                double weights = 0;
                double weighted = 0;
                for (int k = 0; k < perClass; k++) {
                    double s = PlainFormulas.cosine(z[i], centres[c * perClass + k]);
                    weights += Math.exp(s / gamma);
                    weighted += Math.exp(s / gamma) * s;
                }
                double logit = scale * (weighted / weights - (c == y[i] ? margin : 0));
                below += Math.exp(logit);
                own = c == y[i] ? logit : own;
            }
            sum += Math.log(below) - own;
        }
        return sum / z.length;
    }

    /** Zhang et al. (2019), eq. 11, as a squared error. */
    static double p2sGrad(Given x) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double[][] classes = x.rowsOf("classes");
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            for (int c = 0; c < classes.length; c++) {
                sum += Math.pow(PlainFormulas.cosine(z[i], classes[c]) - (c == y[i] ? 1 : 0), 2);
            }
        }
        return sum / z.length / classes.length;
    }

    // Rows alone.

    static double length(Given x, double p, double power) {
        double sum = 0;
        for (double[] row : PlainFormulas.rows(x)) {
            double inner = 0;
            for (double value : row) {
                inner += Math.pow(Math.abs(value), p);
            }
            sum += Math.pow(inner, power / p);
        }
        return sum / PlainFormulas.rows(x).length;
    }

    static double zeroSum(Given x) {
        double sum = 0;
        for (double[] row : PlainFormulas.rows(x)) {
            double inner = 0;
            for (double value : row) {
                inner += value;
            }
            sum += Math.abs(inner);
        }
        return sum / PlainFormulas.rows(x).length;
    }

    /** Wu et al. (2017), eq. 5. */
    static double evenLengths(Given x) {
        double[][] z = PlainFormulas.rows(x);
        double mean = 0;
        for (double[] row : z) {
            mean += PlainFormulas.dot(row, row) / z.length;
        }
        double sum = 0;
        for (double[] row : z) {
            sum += Math.pow(PlainFormulas.dot(row, row) - mean, 2) / 4;
        }
        return sum / z.length;
    }

    /** Zhao et al. (2019), eq. 5. */
    static double nearestApart(Given x) {
        double[][] z = PlainFormulas.rows(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double nearest = -1;
            for (int j = 0; j < z.length; j++) {
                nearest = j == i ? nearest : Math.max(nearest, PlainFormulas.cosine(z[i], z[j]));
            }
            sum += nearest;
        }
        return sum / z.length;
    }

    /** Qian et al. (2019), eq. 9. */
    static double merged(Given x) {
        double[][] z = PlainFormulas.rows(x);
        int[] y = PlainFormulas.labels(x);
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < i; j++) {
                if (y[j] == y[i]) {
                    sum += unitDistance(z[i], z[j]);
                    pairs++;
                }
            }
        }
        return sum / (2 * pairs);
    }
}
