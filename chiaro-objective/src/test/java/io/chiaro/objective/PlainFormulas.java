package io.chiaro.objective;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The formulas of the papers behind the recipes that are one objective, as plain loops in double precision. They share
 * nothing with the engine. What a paper holds constant is read from {@link Given#fixed}. Items without a positive (or a
 * negative, where the formula divides by one) are left out of a mean.
 */
final class PlainFormulas {

    private PlainFormulas() {}

    // Softmax family. Rows of two views are numbered 0..2B-1, so that row r and row (r + B) mod 2B belong together.

    /** Chen et al. (2020), eq. 1. */
    static double ntXent(Given x, double temperature) {
        double[][] z = rows(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            for (int k = 0; k < z.length; k++) {
                if (k != i) {
                    below += Math.exp(cosine(z[i], z[k]) / temperature);
                }
            }
            sum -= Math.log(Math.exp(cosine(z[i], z[other(i, z)]) / temperature) / below);
        }
        return sum / z.length;
    }

    /** Yeh et al. (2022), eq. 3: the positive does not stand below. */
    static double decoupled(Given x, double temperature) {
        double[][] z = rows(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            sum += Math.log(sumOfNegatives(z, i, temperature)) - cosine(z[i], z[other(i, z)]) / temperature;
        }
        return sum / z.length;
    }

    /** Yeh et al. (2022), eq. 6: the weight 2 - exp(s/sigma) / mean exp(s/sigma) is held fixed. */
    static double decoupledWeighted(Given x, double temperature, double sigma) {
        double[][] z = rows(x);
        int n = x.items();
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += Math.exp(cosine(x.fixed()[0][i], x.fixed()[1][i]) / sigma) / n;
        }
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double weight = 2 - Math.exp(cosine(x.fixed()[0][i % n], x.fixed()[1][i % n]) / sigma) / mean;
            sum += Math.log(sumOfNegatives(z, i, temperature)) - weight * cosine(z[i], z[other(i, z)]) / temperature;
        }
        return sum / z.length;
    }

    static double sumOfNegatives(double[][] z, int i, double temperature) {
        double sum = 0;
        for (int k = 0; k < z.length; k++) {
            if (k != i && k != other(i, z)) {
                sum += Math.exp(cosine(z[i], z[k]) / temperature);
            }
        }
        return sum;
    }

    /** Khosla et al. (2020), eq. 2. */
    static double supConOut(Given x, double temperature) {
        double[][] z = rows(x);
        int[] y = labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            for (int a = 0; a < z.length; a++) {
                below += a == i ? 0 : Math.exp(cosine(z[i], z[a]) / temperature);
            }
            double inner = 0;
            int positives = 0;
            for (int p = 0; p < z.length; p++) {
                if (p != i && y[p] == y[i]) {
                    inner += Math.log(Math.exp(cosine(z[i], z[p]) / temperature) / below);
                    positives++;
                }
            }
            if (positives > 0) {
                sum -= inner / positives;
                anchors++;
            }
        }
        return sum / anchors;
    }

    /** Khosla et al. (2020), eq. 3; without 1/|P| it is Goldberger et al. (2004), eq. 3. */
    static double supConIn(Given x, double temperature, boolean mean) {
        double[][] z = rows(x);
        int[] y = labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            double above = 0;
            int positives = 0;
            for (int a = 0; a < z.length; a++) {
                if (a != i) {
                    double e = Math.exp(cosine(z[i], z[a]) / temperature);
                    below += e;
                    above += y[a] == y[i] ? e : 0;
                    positives += y[a] == y[i] ? 1 : 0;
                }
            }
            if (positives > 0) {
                sum -= Math.log(above / (mean ? positives : 1) / below);
                anchors++;
            }
        }
        return sum / anchors;
    }

    /** Sohn (2016), eq. 5, for every positive pair: log(1 + sum over negatives of exp(s_n - s_p)). */
    static double pairs(Given x, double temperature) {
        double[][] z = rows(x);
        int[] y = labels(x);
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < z.length; i++) {
            for (int p = 0; p < z.length; p++) {
                if (p != i && y[p] == y[i]) {
                    double inner = 1;
                    for (int n = 0; n < z.length; n++) {
                        if (y[n] != y[i]) {
                            inner += Math.exp((cosine(z[i], z[n]) - cosine(z[i], z[p])) / temperature);
                        }
                    }
                    sum += Math.log(inner);
                    pairs++;
                }
            }
        }
        return sum / pairs;
    }

    /** Chuang et al. (2020), eq. 7 and 8; with hardness b Robinson et al. (2021), section 3: weights e^b / mean e^b. */
    static double debiased(Given x, double temperature, double prior, double hardness) {
        double[][] z = rows(x);
        int negatives = z.length - 2;
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double positive = Math.exp(cosine(z[i], z[other(i, z)]) / temperature);
            double weights = 0;
            double weighted = 0;
            for (int k = 0; k < z.length; k++) {
                if (k != i && k != other(i, z)) {
                    double e = Math.exp(cosine(z[i], z[k]) / temperature);
                    weights += Math.pow(e, hardness);
                    weighted += Math.pow(e, hardness) * e;
                }
            }
            double expected = weighted / weights;
            double g = Math.max((expected - prior * positive) / (1 - prior), Math.exp(-1 / temperature));
            sum -= Math.log(positive / (positive + negatives * g));
        }
        return sum / z.length;
    }

    /** Radford et al. (2021), figure 3: the mean of the cross-entropies of rows and of columns. */
    static double clip(Given x, double temperature) {
        double[][] a = x.views()[0];
        double[][] b = x.views()[1];
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double row = 0;
            double column = 0;
            for (int j = 0; j < a.length; j++) {
                row += Math.exp(cosine(a[i], b[j]) / temperature);
                column += Math.exp(cosine(a[j], b[i]) / temperature);
            }
            sum += Math.log(row) + Math.log(column) - 2 * cosine(a[i], b[i]) / temperature;
        }
        return sum / (2 * a.length);
    }

    /** Zhai et al. (2023), eq. 1. */
    static double sigLip(Given x, double temperature, double bias) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            for (int j = 0; j < x.items(); j++) {
                int sign = i == j ? 1 : -1;
                double logit = cosine(x.views()[0][i], x.views()[1][j]) / temperature + bias;
                sum -= Math.log(1 / (1 + Math.exp(-sign * logit)));
            }
        }
        return sum / x.items();
    }

    /** He et al. (2020), eq. 1: keys and queue do not learn. */
    static double moCo(Given x, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] query = x.views()[0][i];
            double positive = Math.exp(cosine(query, x.fixed()[1][i]) / temperature);
            double below = positive;
            for (double[] key : x.rowsOf("queue")) {
                below += Math.exp(cosine(query, key) / temperature);
            }
            sum -= Math.log(positive / below);
        }
        return sum / x.items();
    }

    /** Chuang et al. (2022), eq. 5. */
    static double robust(Given x, double temperature, double q, double lambda) {
        double[][] z = rows(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double positive = Math.exp(cosine(z[i], z[other(i, z)]) / temperature);
            double all = positive + sumOfNegatives(z, i, temperature);
            sum += -Math.pow(positive, q) / q + Math.pow(lambda * all, q) / q;
        }
        return sum / z.length;
    }

    /** HaoChen et al. (2021), eq. 6. */
    static double spectral(Given x) {
        int n = x.items();
        double near = 0;
        double far = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double s = dot(x.views()[0][i], x.views()[1][j]);
                near += i == j ? s / n : 0;
                far += i == j ? 0 : s * s / (n * (n - 1));
            }
        }
        return -2 * near + far;
    }

    /** Keramati et al. (2024), eq. 4, with every row outside the window as a negative, pushed by exp(slope |dy|). */
    static double conR(Given x, double temperature, double window, double slope) {
        double[][] z = rows(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            for (int k = 0; k < z.length; k++) {
                double gap = gap(x, i, k);
                double push = gap > window ? Math.exp(slope * gap) : 1;
                below += k == i ? 0 : push * Math.exp(cosine(z[i], z[k]) / temperature);
            }
            double inner = 0;
            int near = 0;
            for (int j = 0; j < z.length; j++) {
                if (j != i && gap(x, i, j) <= window) {
                    inner -= Math.log(Math.exp(cosine(z[i], z[j]) / temperature) / below);
                    near++;
                }
            }
            sum += near == 0 ? 0 : inner / near;
            anchors += near == 0 ? 0 : 1;
        }
        return sum / anchors;
    }

    /** Zha et al. (2023), eq. 1 and 2, with s the negative distance of features that are not normalised. */
    static double rankNContrast(Given x, double temperature) {
        double[][] z = rows(x);
        int n = z.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (j != i) {
                    double below = 0;
                    for (int k = 0; k < n; k++) {
                        if (k != i && gap(x, i, k) >= gap(x, i, j)) {
                            below += Math.exp(-distance(z[i], z[k]) / temperature);
                        }
                    }
                    sum -= Math.log(Math.exp(-distance(z[i], z[j]) / temperature) / below);
                }
            }
        }
        return sum / (n * (n - 1));
    }

    private static double gap(Given x, int i, int j) {
        return Math.abs(x.targets()[i % x.items()] - x.targets()[j % x.items()]);
    }

    // Metric learning. Distances are those of unit rows.

    /** Schroff et al. (2015), eq. 3: the mean over the triplets above zero; smooth: over all. */
    static double tripletMargin(Given x, double margin, boolean smooth) {
        double[][] z = units(rows(x));
        int[] y = labels(x);
        double sum = 0;
        int count = 0;
        for (int a = 0; a < z.length; a++) {
            for (int p = 0; p < z.length; p++) {
                for (int n = 0; n < z.length; n++) {
                    if (p != a && y[p] == y[a] && y[n] != y[a]) {
                        double gap = distance(z[a], z[p]) - distance(z[a], z[n]) + margin;
                        sum += smooth ? Math.log(1 + Math.exp(gap)) : Math.max(0, gap);
                        count += smooth || gap > 0 ? 1 : 0;
                    }
                }
            }
        }
        return sum / count;
    }

    /** Hadsell et al. (2006), eq. 4 without squares; each kind is a mean over its pairs above zero. */
    static double contrastive(Given x, double positive, double negative) {
        double[][] z = units(rows(x));
        int[] y = labels(x);
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < i; j++) {
                double d = distance(z[i], z[j]);
                int kind = y[i] == y[j] ? 0 : 1;
                double value = kind == 0 ? d - positive : negative - d;
                if (value > 0) {
                    sums[kind] += value;
                    counts[kind]++;
                }
            }
        }
        return sums[0] / Math.max(1, counts[0]) + sums[1] / Math.max(1, counts[1]);
    }

    /** Wu et al. (2017), eq. 5, over triplets; divided by the parts above zero. */
    static double margin(Given x, double margin, double boundary) {
        double[][] z = units(rows(x));
        int[] y = labels(x);
        double sum = 0;
        int count = 0;
        for (int a = 0; a < z.length; a++) {
            for (int p = 0; p < z.length; p++) {
                for (int n = 0; n < z.length; n++) {
                    if (p != a && y[p] == y[a] && y[n] != y[a]) {
                        double near = Math.max(0, distance(z[a], z[p]) - boundary + margin);
                        double far = Math.max(0, boundary - distance(z[a], z[n]) + margin);
                        sum += near + far;
                        count += (near > 0 ? 1 : 0) + (far > 0 ? 1 : 0);
                    }
                }
            }
        }
        return sum / count;
    }

    /** Hermans et al. (2017), eq. 8. The logarithm of a sum over no positives is read as 0, as the reference does. */
    static double lifted(Given x, double positive, double negative) {
        double[][] z = units(rows(x));
        int[] y = labels(x);
        double sum = 0;
        for (int a = 0; a < z.length; a++) {
            double near = 0;
            double far = 0;
            for (int k = 0; k < z.length; k++) {
                double d = distance(z[a], z[k]);
                near += k != a && y[k] == y[a] ? Math.exp(d - positive) : 0;
                far += y[k] == y[a] ? 0 : Math.exp(negative - d);
            }
            sum += Math.max(0, (near > 0 ? Math.log(near) : 0) + Math.log(far));
        }
        return sum / z.length;
    }

    /** Wang et al. (2019), eq. 12. */
    static double multiSimilarity(Given x, double alpha, double beta, double base) {
        double[][] z = rows(x);
        int[] y = labels(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double near = 1;
            double far = 1;
            for (int k = 0; k < z.length; k++) {
                double s = cosine(z[i], z[k]);
                near += k != i && y[k] == y[i] ? Math.exp(-alpha * (s - base)) : 0;
                far += y[k] == y[i] ? 0 : Math.exp(beta * (s - base));
            }
            sum += Math.log(near) / alpha + Math.log(far) / beta;
        }
        return sum / z.length;
    }

    /** Sun et al. (2020), eq. 6 with the optima 1 + m and -m and the margins 1 - m and m; the weights are held fixed. */
    static double circle(Given x, double gamma, double m) {
        double[][] z = rows(x);
        double[][] fixed = Stream.of(x.fixed()).flatMap(Arrays::stream).toArray(double[][]::new);
        int[] y = labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double near = 0;
            double far = 0;
            for (int k = 0; k < z.length; k++) {
                double s = cosine(z[i], z[k]);
                double held = cosine(fixed[i], fixed[k]);
                if (k != i && y[k] == y[i]) {
                    near += Math.exp(-gamma * Math.max(0, 1 + m - held) * (s - (1 - m)));
                } else if (k != i) {
                    far += Math.exp(gamma * Math.max(0, held + m) * (s - m));
                }
            }
            double value = Math.log1p(near * far);
            sum += value;
            anchors += value > 0 ? 1 : 0;
        }
        return sum / anchors;
    }

    /** Yu and Tao (2019), eq. 5, for every positive pair. */
    static double tupletMargin(Given x, double scale, double degrees) {
        double[][] z = rows(x);
        int[] y = labels(x);
        double sum = 0;
        int pairs = 0;
        for (int a = 0; a < z.length; a++) {
            for (int p = 0; p < z.length; p++) {
                if (p != a && y[p] == y[a]) {
                    double eased = Math.cos(Math.acos(cosine(z[a], z[p])) - Math.toRadians(degrees));
                    double inner = 0;
                    for (int n = 0; n < z.length; n++) {
                        inner += y[n] == y[a] ? 0 : Math.exp(scale * (cosine(z[a], z[n]) - eased));
                    }
                    sum += Math.log1p(inner);
                    pairs++;
                }
            }
        }
        return sum / pairs;
    }

    /** How a margin changes the cosine of a row with its own class. */
    interface Own {
        double of(double cosine);
    }

    /** Deng et al. (2019), eq. 3, going on in a straight line past pi. */
    static double arcFace(Given x, double scale, double degrees) {
        double m = Math.toRadians(degrees);
        return classes(x, scale, s -> {
            double angle = Math.acos(s);
            return angle + m > Math.PI ? s - m * Math.sin(m) : Math.cos(angle + m);
        });
    }

    /** Wang et al. (2018), eq. 4; with the margin 0 Zhai and Wu (2019), eq. 3. */
    static double cosFace(Given x, double scale, double margin) {
        return classes(x, scale, s -> s - margin);
    }

    private static double classes(Given x, double scale, Own own) {
        double[][] z = rows(x);
        int[] y = labels(x);
        double[][] classes = x.rowsOf("classes");
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double above = Math.exp(scale * own.of(cosine(z[i], classes[y[i]])));
            double below = above;
            for (int c = 0; c < classes.length; c++) {
                below += c == y[i] ? 0 : Math.exp(scale * cosine(z[i], classes[c]));
            }
            sum -= Math.log(above / below);
        }
        return sum / z.length;
    }

    /** Kim et al. (2020), eq. 4. */
    static double proxyAnchor(Given x, double alpha, double margin) {
        double[][] z = rows(x);
        int[] y = labels(x);
        double[][] classes = x.rowsOf("classes");
        double near = 0;
        double far = 0;
        int present = 0;
        for (int c = 0; c < classes.length; c++) {
            double pull = 0;
            double push = 0;
            for (int i = 0; i < z.length; i++) {
                double s = cosine(z[i], classes[c]);
                pull += y[i] == c ? Math.exp(-alpha * (s - margin)) : 0;
                push += y[i] == c ? 0 : Math.exp(alpha * (s + margin));
            }
            near += Math.log(1 + pull);
            far += Math.log(1 + push);
            present += pull > 0 ? 1 : 0;
        }
        return near / present + far / classes.length;
    }

    // Features, views, prototypes and teachers.

    /** Zbontar et al. (2021), eq. 1 and 2. */
    static double barlowTwins(Given x, double lambda, double epsilon) {
        double[][] a = standardised(x.views()[0], epsilon);
        double[][] b = standardised(x.views()[1], epsilon);
        double sum = 0;
        for (int k = 0; k < x.width(); k++) {
            for (int l = 0; l < x.width(); l++) {
                double c = 0;
                for (int i = 0; i < a.length; i++) {
                    c += a[i][k] * b[i][l] / a.length;
                }
                sum += k == l ? (1 - c) * (1 - c) : lambda * c * c;
            }
        }
        return sum;
    }

    static double[][] standardised(double[][] rows, double epsilon) {
        double[][] result = centred(rows);
        for (int k = 0; k < rows[0].length; k++) {
            double variance = 0;
            for (double[] row : result) {
                variance += row[k] * row[k] / rows.length;
            }
            for (double[] row : result) {
                row[k] /= Math.sqrt(variance + epsilon);
            }
        }
        return result;
    }

    /** Bardes et al. (2022), eq. 1 to 6, with the variance halved over the views as in the authors' code. */
    static double vicReg(
            Given x, double invariance, double variance, double covariance, double epsilon, boolean added) {
        double difference = 0;
        for (int i = 0; i < x.items(); i++) {
            double d = distance(x.views()[0][i], x.views()[1][i]);
            difference += d * d / (x.items() * x.width());
        }
        double hinge = 0;
        double mixed = 0;
        for (double[][] view : x.views()) {
            double[][] c = covariance(view);
            for (int k = 0; k < c.length; k++) {
                hinge += Math.max(0, 1 - Math.sqrt(c[k][k] + epsilon)) / c.length / (added ? 1 : 2);
                for (int l = 0; l < c.length; l++) {
                    mixed += k == l ? 0 : c[k][l] * c[k][l] / c.length;
                }
            }
        }
        return invariance * difference + variance * hinge + covariance * mixed;
    }

    /** Chen and He (2021), eq. 1 and 2: views 0 and 1 predict the other view, 2 and 3 are held fixed. */
    static double simSiam(Given x) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            sum -= cosine(x.views()[0][i], x.fixed()[3][i]) / 2 + cosine(x.views()[1][i], x.fixed()[2][i]) / 2;
        }
        return sum / x.items();
    }

    /** Grill et al. (2020), eq. 2, the mean of both directions: squared distances of unit vectors. */
    static double byol(Given x) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double first = distance(unit(x.views()[0][i]), unit(x.fixed()[3][i]));
            double second = distance(unit(x.views()[1][i]), unit(x.fixed()[2][i]));
            sum += (first * first + second * second) / 2;
        }
        return sum / x.items();
    }

    /** Wang and Isola (2020), section 4.1. */
    static double alignUniform(Given x, double alpha, double t) {
        double near = 0;
        for (int i = 0; i < x.items(); i++) {
            near += Math.pow(distance(unit(x.views()[0][i]), unit(x.views()[1][i])), alpha) / x.items();
        }
        return near + (uniformity(units(x.views()[0]), t) + uniformity(units(x.views()[1]), t)) / 2;
    }

    /** Dufumier et al. (2023), eq. 3. */
    static double decoupledUniformity(Given x, double t) {
        return uniformity(centres(x, true), t);
    }

    private static double uniformity(double[][] rows, double t) {
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int j = i + 1; j < rows.length; j++) {
                sum += Math.exp(-t * Math.pow(distance(rows[i], rows[j]), 2));
                pairs++;
            }
        }
        return Math.log(sum / pairs);
    }

    /** Yerxa et al. (2023), eq. 4. */
    static double mmcr(Given x, double lambda, boolean normalised) {
        double local = 0;
        for (int i = 0; i < x.items(); i++) {
            int item = i;
            double[][] views = Arrays.stream(x.views())
                    .map(view -> normalised ? unit(view[item]) : view[item])
                    .toArray(double[][]::new);
            local += nuclearNorm(views) / x.items();
        }
        return lambda * local - nuclearNorm(centres(x, normalised));
    }

    /** The sum of singular values. */
    private static double nuclearNorm(double[][] matrix) {
        return Arrays.stream(singularValues(matrix)).sum();
    }

    /** Rows are turned in pairs until all are orthogonal (Hestenes, 1958). */
    static double[] singularValues(double[][] matrix) {
        double[][] a = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
        for (int sweep = 0; sweep < 40; sweep++) {
            for (int p = 0; p < a.length; p++) {
                for (int q = p + 1; q < a.length; q++) {
                    double angle = Math.atan2(2 * dot(a[p], a[q]), dot(a[p], a[p]) - dot(a[q], a[q])) / 2;
                    for (int k = 0; k < a[p].length; k++) {
                        double first = a[p][k];
                        double second = a[q][k];
                        a[p][k] = Math.cos(angle) * first + Math.sin(angle) * second;
                        a[q][k] = Math.cos(angle) * second - Math.sin(angle) * first;
                    }
                }
            }
        }
        return Arrays.stream(a).mapToDouble(row -> Math.sqrt(dot(row, row))).toArray();
    }

    /** Ermolov et al. (2021), eq. 3 to 5: W such that W covariance W^T = I, from the Cholesky factor. */
    static double whitened(Given x) {
        double[][] a = white(x.views()[0]);
        double[][] b = white(x.views()[1]);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += 2 - 2 * cosine(a[i], b[i]);
        }
        return sum / a.length;
    }

    private static double[][] white(double[][] rows) {
        double[][] z = centred(rows);
        double[][] c = covariance(rows);
        int d = c.length;
        double[][] lower = new double[d][d];
        for (int k = 0; k < d; k++) {
            for (int l = 0; l <= k; l++) {
                double rest = c[k][l];
                for (int m = 0; m < l; m++) {
                    rest -= lower[k][m] * lower[l][m];
                }
                lower[k][l] = k == l ? Math.sqrt(rest) : rest / lower[l][l];
            }
        }
        for (double[] row : z) {
            for (int k = 0; k < d; k++) {
                for (int l = 0; l < k; l++) {
                    row[k] -= lower[k][l] * row[l];
                }
                row[k] /= lower[k][k];
            }
        }
        return z;
    }

    /** Tong et al. (2023), eq. 4 to 6: the coding rate is to grow. */
    static double empSsl(Given x, double invariance, double epsilon, boolean normalised) {
        double[][] centres = centres(x, normalised);
        double value = 0;
        for (double[][] view : x.views()) {
            double[][] z = normalised ? units(view) : view;
            double[][] matrix = new double[x.width()][x.width()];
            double near = 0;
            for (int i = 0; i < z.length; i++) {
                near += cosine(z[i], centres[i]) / z.length;
                for (int k = 0; k < matrix.length; k++) {
                    for (int l = 0; l < matrix.length; l++) {
                        matrix[k][l] += x.width() / (z.length * epsilon) * z[i][k] * z[i][l];
                    }
                }
            }
            for (int k = 0; k < matrix.length; k++) {
                matrix[k][k] += 1;
            }
            value -= (invariance * near + Math.log(determinant(matrix)) / 2) / x.views().length;
        }
        return value;
    }

    /** By elimination. */
    private static double determinant(double[][] a) {
        double product = 1;
        for (int k = 0; k < a.length; k++) {
            product *= a[k][k];
            for (int i = k + 1; i < a.length; i++) {
                double factor = a[i][k] / a[k][k];
                for (int l = k; l < a.length; l++) {
                    a[i][l] -= factor * a[k][l];
                }
            }
        }
        return product;
    }

    /** Sablayrolles et al. (2019), eq. 3, the mean over the views. */
    static double koLeo(Given x) {
        double sum = 0;
        for (double[][] view : x.views()) {
            double[][] z = units(view);
            for (int i = 0; i < z.length; i++) {
                double nearest = Double.POSITIVE_INFINITY;
                for (int j = 0; j < z.length; j++) {
                    nearest = j == i ? nearest : Math.min(nearest, distance(z[i], z[j]));
                }
                sum -= Math.log(nearest) / z.length / x.views().length;
            }
        }
        return sum;
    }

    /** Koromilas et al. (2025), MV-InfoNCE with rows of the same view below. */
    static double mvInfoNce(Given x, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double below = 0;
            for (int l = 0; l < x.views().length; l++) {
                for (int m = 0; m < x.views().length; m++) {
                    for (int j = 0; j < x.items(); j++) {
                        boolean self = j == i && m == l;
                        below += self ? 0 : Math.exp(cosine(x.views()[l][i], x.views()[m][j]) / temperature);
                    }
                }
            }
            sum -= Math.log(2 * ownPairs(x, i, temperature) / below);
        }
        return sum / x.items();
    }

    /** Koromilas et al. (2024), MV-DHEL. */
    static double mvDhel(Given x, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double product = 1;
            for (double[][] view : x.views()) {
                double below = 0;
                for (int j = 0; j < x.items(); j++) {
                    below += j == i ? 0 : Math.exp(cosine(view[i], view[j]) / temperature);
                }
                product *= below;
            }
            sum -= Math.log(ownPairs(x, i, temperature) / product);
        }
        return sum / x.items();
    }

    private static double ownPairs(Given x, int i, double temperature) {
        double sum = 0;
        for (int k = 0; k < x.views().length; k++) {
            for (int l = k + 1; l < x.views().length; l++) {
                sum += Math.exp(cosine(x.views()[k][i], x.views()[l][i]) / temperature);
            }
        }
        return sum;
    }

    /** Shidani et al. (2024): the mean of logarithms over the other views, or the logarithm of the mean. */
    static double polyView(Given x, double temperature, boolean geometric) {
        int views = x.views().length;
        double sum = 0;
        for (int a = 0; a < views; a++) {
            for (int i = 0; i < x.items(); i++) {
                double rest = 0;
                for (double[][] view : x.views()) {
                    for (int j = 0; j < x.items(); j++) {
                        rest += j == i ? 0 : Math.exp(cosine(x.views()[a][i], view[j]) / temperature);
                    }
                }
                double logs = 0;
                double shares = 0;
                for (int b = 0; b < views; b++) {
                    if (b != a) {
                        double own = Math.exp(cosine(x.views()[a][i], x.views()[b][i]) / temperature);
                        logs += Math.log(own / (own + rest)) / (views - 1);
                        shares += own / (own + rest) / (views - 1);
                    }
                }
                sum -= geometric ? logs : Math.log(shares);
            }
        }
        return sum / views / x.items();
    }

    /** Shidani et al. (2024), section 2.4: each view against the mean of the others of each item. */
    static double againstTheOthers(Given x, double temperature) {
        double sum = 0;
        for (int a = 0; a < x.views().length; a++) {
            double[][] means = new double[x.items()][x.width()];
            for (int b = 0; b < x.views().length; b++) {
                for (int i = 0; i < x.items() && b != a; i++) {
                    double length = Math.sqrt(dot(x.views()[b][i], x.views()[b][i]));
                    for (int d = 0; d < x.width(); d++) {
                        means[i][d] += x.views()[b][i][d] / length;
                    }
                }
            }
            for (int i = 0; i < x.items(); i++) {
                double below = 0;
                for (double[] mean : means) {
                    below += Math.exp(cosine(x.views()[a][i], mean) / temperature);
                }
                sum += Math.log(below) - cosine(x.views()[a][i], means[i]) / temperature;
            }
        }
        return sum / x.views().length / x.items();
    }

    /** Saporta et al. (2024), eq. 6, with all pairs of the other two modalities as candidates. */
    static double symile(Given x, double scale) {
        double sum = 0;
        for (int m = 0; m < 3; m++) {
            double[][] a = units(x.views()[m]);
            double[][] b = units(x.views()[(m + 1) % 3]);
            double[][] c = units(x.views()[(m + 2) % 3]);
            for (int i = 0; i < a.length; i++) {
                double below = 0;
                for (double[] second : b) {
                    for (double[] third : c) {
                        below += Math.exp(scale * triple(a[i], second, third));
                    }
                }
                sum -= Math.log(Math.exp(scale * triple(a[i], b[i], c[i])) / below) / 3;
            }
        }
        return sum / x.items();
    }

    private static double triple(double[] a, double[] b, double[] c) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k] * c[k];
        }
        return sum;
    }

    /** Goel et al. (2022), eq. 2 to 4. */
    static double cyClip(Given x, double temperature, double within, double across) {
        double[][] a = x.views()[0];
        double[][] b = x.views()[1];
        double inside = 0;
        double turned = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                inside += Math.pow(cosine(a[i], a[j]) - cosine(b[i], b[j]), 2) / a.length;
                turned += Math.pow(cosine(a[i], b[j]) - cosine(a[j], b[i]), 2) / a.length;
            }
        }
        return clip(x, temperature) + within * inside + across * turned;
    }

    /** Caron et al. (2020), eq. 1 to 3: codes by three rounds of Sinkhorn and Knopp, held fixed. */
    static double swAv(Given x, double temperature, double epsilon, boolean queued) {
        double sum = 0;
        for (int coded = 0; coded < 2; coded++) {
            for (int other = 0; other < x.views().length; other++) {
                sum += other == coded ? 0 : swapped(x, coded, other, temperature, epsilon, queued);
            }
        }
        return sum / 2 / (x.views().length - 1);
    }

    private static double swapped(Given x, int coded, int other, double temperature, double epsilon, boolean queued) {
        double[][] prototypes = x.rowsOf("prototypes");
        double[][] queue = queued ? x.rowsOf("queue") : new double[0][];
        int n = x.items() + queue.length;
        int k = prototypes.length;
        double[][] q = new double[n][k];
        for (int i = 0; i < n; i++) {
            double[] row = i < x.items() ? x.fixed()[coded][i] : queue[i - x.items()];
            for (int c = 0; c < k; c++) {
                q[i][c] = Math.exp(cosine(row, prototypes[c]) / epsilon);
            }
        }
        for (int round = 0; round < 3; round++) {
            for (int c = 0; c < k; c++) {
                double column = 0;
                for (double[] row : q) {
                    column += row[c];
                }
                for (double[] row : q) {
                    row[c] /= column * k;
                }
            }
            for (double[] row : q) {
                double total = Arrays.stream(row).sum();
                for (int c = 0; c < k; c++) {
                    row[c] /= total * n;
                }
            }
        }
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] p = shares(x.views()[other][i], prototypes, temperature);
            for (int c = 0; c < k; c++) {
                sum -= n * q[i][c] * Math.log(p[c]);
            }
        }
        return sum / x.items();
    }

    /** Caron et al. (2021), eq. 1 and 2: the last view, of four and more the last two, is the teacher's, centred and held fixed. */
    static double dino(Given x, double temperature, double teacherTemperature) {
        int students = x.views().length - 2;
        if (students < 2) {
            return dino(x, 0, 1, temperature, teacherTemperature);
        }
        double sum = 0;
        int pairs = 0;
        for (int student = 0; student < students; student++) {
            for (int teacher = 0; teacher < 2; teacher++) {
                if (student != teacher) {
                    sum += dino(x, student, students + teacher, temperature, teacherTemperature);
                    pairs++;
                }
            }
        }
        return sum / pairs;
    }

    private static double dino(
            Given x, int studentView, int teacherView, double temperature, double teacherTemperature) {
        double[] centre = x.rowsOf("centre")[0];
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double student = 0;
            double teacher = 0;
            for (int k = 0; k < x.width(); k++) {
                student += Math.exp(x.views()[studentView][i][k] / temperature);
                teacher += Math.exp((x.fixed()[teacherView][i][k] - centre[k]) / teacherTemperature);
            }
            for (int k = 0; k < x.width(); k++) {
                double p = Math.exp((x.fixed()[teacherView][i][k] - centre[k]) / teacherTemperature) / teacher;
                sum -= p * Math.log(Math.exp(x.views()[studentView][i][k] / temperature) / student);
            }
        }
        return sum / x.items();
    }

    /** Zheng et al. (2021), eq. 3 to 5: view 1 is the teacher's, held fixed. */
    static double reSsl(Given x, double temperature, double teacherTemperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] p = shares(x.fixed()[1][i], x.rowsOf("queue"), teacherTemperature);
            double[] q = shares(x.views()[0][i], x.rowsOf("queue"), temperature);
            for (int k = 0; k < p.length; k++) {
                sum -= p[k] * Math.log(q[k]);
            }
        }
        return sum / x.items();
    }

    static double[] shares(double[] row, double[][] candidates, double temperature) {
        double[] e = Arrays.stream(candidates)
                .mapToDouble(candidate -> Math.exp(cosine(row, candidate) / temperature))
                .toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e).map(value -> value / sum).toArray();
    }

    /** Wei et al. (2021), eq. 2 to 4: half of both divergences, over the positive and the queue. */
    static double co2(Given x, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] a = x.views()[0][i];
            double[] b = x.views()[1][i];
            double[][] queue = x.rowsOf("queue");
            double[] p = shares(a, joined(b, queue), temperature);
            double[] q = shares(b, joined(a, queue), temperature);
            for (int k = 0; k < p.length; k++) {
                sum += (p[k] * Math.log(p[k] / q[k]) + q[k] * Math.log(q[k] / p[k])) / 2;
            }
        }
        return sum / x.items();
    }

    private static double[][] joined(double[] row, double[][] rows) {
        return Stream.concat(Stream.of(row), Arrays.stream(rows)).toArray(double[][]::new);
    }

    // Vectors.

    static double[][] rows(Given x) {
        return Arrays.stream(x.views()).flatMap(Arrays::stream).toArray(double[][]::new);
    }

    static int[] labels(Given x) {
        int[] labels = new int[x.items() * x.views().length];
        Arrays.setAll(labels, r -> x.labels()[r % x.items()]);
        return labels;
    }

    static int other(int row, double[][] twoViews) {
        return (row + twoViews.length / 2) % twoViews.length;
    }

    static double[][] units(double[][] rows) {
        return Arrays.stream(rows).map(PlainFormulas::unit).toArray(double[][]::new);
    }

    static double[] unit(double[] row) {
        double length = Math.sqrt(dot(row, row));
        return Arrays.stream(row).map(value -> value / length).toArray();
    }

    /** The mean of each item's unit views. */
    private static double[][] centres(Given x, boolean normalised) {
        double[][] centres = new double[x.items()][x.width()];
        for (double[][] view : x.views()) {
            for (int i = 0; i < centres.length; i++) {
                double[] u = normalised ? unit(view[i]) : view[i];
                for (int k = 0; k < u.length; k++) {
                    centres[i][k] += u[k] / x.views().length;
                }
            }
        }
        return centres;
    }

    static double[][] centred(double[][] rows) {
        double[][] result = Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
        for (int k = 0; k < rows[0].length; k++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[k] / rows.length;
            }
            for (double[] row : result) {
                row[k] -= mean;
            }
        }
        return result;
    }

    /** With the divisor B - 1. */
    static double[][] covariance(double[][] rows) {
        double[][] c = new double[rows[0].length][rows[0].length];
        for (double[] row : centred(rows)) {
            for (int k = 0; k < row.length; k++) {
                for (int l = 0; l < row.length; l++) {
                    c[k][l] += row[k] * row[l] / (rows.length - 1);
                }
            }
        }
        return c;
    }

    static double cosine(double[] a, double[] b) {
        return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    }

    static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return Math.sqrt(sum);
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
