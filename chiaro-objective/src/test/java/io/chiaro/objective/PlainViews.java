package io.chiaro.objective;

import java.util.Arrays;

/** The formulas over views, neighbours, prototypes and other distances between distributions; see {@link PlainFormulas}. */
final class PlainViews {

    private PlainViews() {}

    /** The share of candidate j of anchor i among all rows of two views but itself, by a score. */
    private interface Score {
        double of(double[] a, double[] b);
    }

    /** Chen et al. (2020), eq. 1, with another score. */
    private static double ntXent(Given x, Score score) {
        double[][] z = PlainFormulas.rows(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            for (int k = 0; k < z.length; k++) {
                below += k == i ? 0 : Math.exp(score.of(z[i], z[k]));
            }
            sum += Math.log(below) - score.of(z[i], z[PlainFormulas.other(i, z)]);
        }
        return sum / z.length;
    }

    /** Tan et al. (2024), eq. 8, gamma 1: exp(-|x - y| / temperature). */
    static double kernelInfoNce(Given x, double temperature) {
        return ntXent(x, (a, b) -> -PlainFormulas.distance(PlainFormulas.unit(a), PlainFormulas.unit(b)) / temperature);
    }

    /** Boehm et al. (2023), eq. 3. */
    static double tSimCne(Given x) {
        return ntXent(x, (a, b) -> -Math.log(1 + Math.pow(PlainFormulas.distance(a, b), 2)));
    }

    /** Jing et al. (2022): the first numbers alone. */
    static double directClr(Given x, int dimensions, double temperature) {
        return ntXent(
                x,
                (a, b) ->
                        PlainFormulas.cosine(Arrays.copyOf(a, dimensions), Arrays.copyOf(b, dimensions)) / temperature);
    }

    /** Zheng et al. (2023), eq. 5 and 6. */
    static double cacr(Given x, double attraction, double repulsion) {
        double[][] z = PlainFormulas.units(PlainFormulas.rows(x));
        int n = x.items();
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double[] cost = new double[2];
            double[] weight = new double[2];
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    double d = Math.pow(PlainFormulas.distance(z[i], z[j]), 2);
                    int kind = j % n == i % n ? 0 : 1;
                    double w = Math.exp(kind == 0 ? attraction * d : -repulsion * d);
                    cost[kind] += w * d;
                    weight[kind] += w;
                }
            }
            sum += cost[0] / weight[0] - cost[1] / weight[1];
        }
        return sum / z.length;
    }

    /** I-Con, eq. 1, and other measures. */
    static double shares(Given x, String measure, double temperature, double leak) {
        double[][] z = PlainFormulas.rows(x);
        int n = x.items();
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            int positives = 0;
            for (int j = 0; j < z.length; j++) {
                below += j == i ? 0 : Math.exp(PlainFormulas.cosine(z[i], z[j]) / temperature);
                positives += j != i && j % n == i % n ? 1 : 0;
            }
            double affinity = 0;
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    double q = Math.exp(PlainFormulas.cosine(z[i], z[j]) / temperature) / below;
                    double p = leak / (z.length - 1) + (j % n == i % n ? (1 - leak) / positives : 0);
                    double m = (p + q) / 2;
                    double logP = p > 0 ? p * Math.log(p) : 0;
                    sum += switch (measure) {
                        case "kullback-leibler" -> p > 0 ? p * Math.log(p / q) : 0;
                        case "reverse" -> q * Math.log(q / p);
                        case "jensen-shannon" -> (logP - p * Math.log(m) + q * Math.log(q / m)) / 2;
                        case "total-variation" -> Math.abs(p - q) / 2;
                        default -> 0;
                    };
                    affinity += Math.sqrt(p * q);
                }
            }
            sum += measure.equals("hellinger") ? 1 - affinity : 0;
        }
        return sum / z.length;
    }

    /** Huang et al. (2023), eq. 9 and 11: the mean cosine and the divisor are held fixed. */
    static double macl(Given x, double temperature, double alpha, double threshold) {
        int n = x.items();
        double aligned = 0;
        for (int i = 0; i < n; i++) {
            aligned += PlainFormulas.cosine(x.fixed()[0][i], x.fixed()[1][i]) / n;
        }
        double t = temperature * (1 + alpha * (aligned - threshold));
        double[][] z = PlainFormulas.rows(x);
        double[][] held = Arrays.stream(x.fixed()).flatMap(Arrays::stream).toArray(double[][]::new);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            sum += rowLoss(z, i, t) / (1 - Math.exp(-rowLoss(held, i, t)) + 1e-8);
        }
        return sum / z.length;
    }

    private static double rowLoss(double[][] z, int i, double temperature) {
        double below = 0;
        for (int k = 0; k < z.length; k++) {
            below += k == i ? 0 : Math.exp(PlainFormulas.cosine(z[i], z[k]) / temperature);
        }
        return Math.log(below) - PlainFormulas.cosine(z[i], z[PlainFormulas.other(i, z)]) / temperature;
    }

    /** NT-Xent of every pair of views. */
    static double pairwise(Given x, double temperature) {
        double sum = 0;
        int pairs = 0;
        for (int b = 0; b < x.views().length; b++) {
            for (int a = 0; a < b; a++) {
                sum += PlainFormulas.ntXent(x.withViews(new double[][][] {x.views()[a], x.views()[b]}), temperature);
                pairs++;
            }
        }
        return sum / pairs;
    }

    /** Chen, Xie and He (2021), algorithm 1. */
    static double mocoV3(Given x, double temperature) {
        return 2
                * temperature
                * (crossEntropy(x.views()[0], x.fixed()[3], temperature)
                        + crossEntropy(x.views()[1], x.fixed()[2], temperature));
    }

    /** The mean over rows of the cross-entropy with the own row of the other side. */
    private static double crossEntropy(double[][] rows, double[][] others, double temperature) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            double below = 0;
            for (double[] other : others) {
                below += Math.exp(PlainFormulas.cosine(rows[i], other) / temperature);
            }
            sum += Math.log(below) - PlainFormulas.cosine(rows[i], others[i]) / temperature;
        }
        return sum / rows.length;
    }

    /** Dwibedi et al. (2021), eq. 4. */
    static double nnclr(Given x, double temperature, boolean bothSides) {
        double sum = 0;
        int[][] sides = {{2, 1}, {3, 0}};
        for (int[] side : sides) {
            double[][] neighbours = Arrays.stream(x.fixed()[side[0]])
                    .map(row -> nearest(row, x.rowsOf("queue")))
                    .toArray(double[][]::new);
            sum += bothSides
                    ? PlainFormulas.ntXent(x.withViews(new double[][][] {neighbours, x.views()[side[1]]}), temperature)
                            / 2
                    : crossEntropy(neighbours, x.views()[side[1]], temperature) / 2;
        }
        return sum;
    }

    private static double[] nearest(double[] row, double[][] queue) {
        double[] best = queue[0];
        for (double[] other : queue) {
            best = PlainFormulas.cosine(row, other) > PlainFormulas.cosine(row, best) ? other : best;
        }
        return best;
    }

    /** Lee and Aune (2021), eq. 4 to 6. */
    static double vibcReg(Given x, double invariance, double variance, double weight, double epsilon) {
        double apart = 0;
        double hinge = 0;
        double mixed = 0;
        for (int i = 0; i < x.items(); i++) {
            apart += Math.pow(PlainFormulas.distance(x.views()[0][i], x.views()[1][i]), 2) / x.items() / x.width();
        }
        for (double[][] view : x.views()) {
            double[][] c = PlainFormulas.covariance(view);
            for (int k = 0; k < c.length; k++) {
                hinge += Math.max(0, 1 - Math.sqrt(c[k][k] + epsilon)) / c.length / 2;
                for (int l = 0; l < c.length; l++) {
                    mixed += k == l ? 0 : c[k][l] * c[k][l] / c[k][k] / c[l][l] / c.length / c.length / 2;
                }
            }
        }
        return invariance * apart + variance * hinge + weight * mixed;
    }

    /** Zhu et al. (2022), eq. 4 and 5, first step: the moment is held fixed. */
    static double tiCo(Given x, double momentum, double weight) {
        double[][] a = PlainFormulas.units(x.views()[0]);
        double[][] fixed = PlainFormulas.units(x.fixed()[0]);
        double cosine = 0;
        double contrast = 0;
        for (int i = 0; i < a.length; i++) {
            cosine += PlainFormulas.cosine(x.views()[0][i], x.views()[1][i]) / a.length;
            for (double[] other : fixed) {
                contrast += Math.pow(PlainFormulas.dot(a[i], other), 2) / a.length / a.length;
            }
        }
        return 1 - cosine + weight * (1 - momentum) * contrast;
    }

    /** Skean et al. (2024), eq. 6. */
    static double frossl(Given x, double invariance) {
        int views = x.views().length;
        double[][][] z = new double[views][x.items()][x.width()];
        double[][] mean = new double[x.items()][x.width()];
        for (int v = 0; v < views; v++) {
            for (int k = 0; k < x.width(); k++) {
                double length = 0;
                for (double[] row : x.views()[v]) {
                    length += row[k] * row[k];
                }
                for (int i = 0; i < x.items(); i++) {
                    z[v][i][k] = x.views()[v][i][k] / Math.sqrt(length);
                    mean[i][k] += z[v][i][k] / views;
                }
            }
        }
        double value = 0;
        for (double[][] view : z) {
            double norm = 0;
            double trace = 0;
            for (int i = 0; i < view.length; i++) {
                trace += PlainFormulas.dot(view[i], view[i]);
                for (double[] other : view) {
                    norm += Math.pow(PlainFormulas.dot(view[i], other), 2);
                }
                value += invariance * views * Math.pow(PlainFormulas.distance(view[i], mean[i]), 2) / x.items();
            }
            value += Math.log(norm / trace / trace);
        }
        return value;
    }

    /** Balestriero and LeCun (2025), section 4. */
    static double lejepa(Given x, double weight, int global, int knots, double range) {
        double[][] slices = x.rowsOf("slices");
        double step = range / (knots - 1);
        double value = 0;
        int views = x.views().length;
        for (double[][] view : x.views()) {
            double apart = 0;
            for (int i = 0; i < x.items(); i++) {
                for (int k = 0; k < x.width(); k++) {
                    double centre = 0;
                    for (int g = 0; g < global; g++) {
                        centre += x.views()[g][i][k] / global;
                    }
                    apart += Math.pow(view[i][k] - centre, 2) / x.items() / x.width();
                }
            }
            double gaussian = 0;
            for (double[] slice : slices) {
                for (int j = -(knots - 1); j < knots; j++) {
                    double t = j * step;
                    double cosine = 0;
                    double sine = 0;
                    for (double[] row : view) {
                        cosine += Math.cos(t * PlainFormulas.dot(row, slice)) / x.items();
                        sine += Math.sin(t * PlainFormulas.dot(row, slice)) / x.items();
                    }
                    double target = Math.exp(-t * t / 2);
                    double trapezium = Math.abs(j) == knots - 1 ? step / 2 : step;
                    gaussian += x.items()
                            * trapezium
                            * target
                            * (Math.pow(cosine - target, 2) + sine * sine)
                            / slices.length;
                }
            }
            value += (weight * gaussian + (1 - weight) * apart) / views;
        }
        return value;
    }

    /** Assran et al. (2022), eq. 1, and (2023), eq. 4; the last view is the target. */
    static double msn(Given x, double temperature, double sharpening, double power) {
        double[] prior = new double[x.rowsOf("prototypes").length];
        Arrays.setAll(prior, p -> Math.pow(p + 1, -power));
        return msn(x, temperature, sharpening, prior);
    }

    /** The same with a prior, which need not sum to one; an even one is met the other way round. */
    static double msn(Given x, double temperature, double sharpening, double[] wanted) {
        double[][] prototypes = x.rowsOf("prototypes");
        int last = x.views().length - 1;
        int n = x.items();
        int k = prototypes.length;
        double[][] target = new double[n][];
        for (int i = 0; i < n; i++) {
            target[i] = PlainFormulas.shares(x.fixed()[last][i], prototypes, temperature * sharpening);
        }
        for (int round = 0; round < 3; round++) {
            for (int p = 0; p < k; p++) {
                double sum = 0;
                for (double[] row : target) {
                    sum += row[p];
                }
                for (double[] row : target) {
                    row[p] /= sum;
                }
            }
            for (double[] row : target) {
                double sum = Arrays.stream(row).sum();
                Arrays.setAll(row, p -> row[p] / sum);
            }
        }
        double value = 0;
        double[] mean = new double[k];
        for (int v = 0; v < last; v++) {
            for (int i = 0; i < n; i++) {
                double[] q = PlainFormulas.shares(x.views()[v][i], prototypes, temperature);
                for (int p = 0; p < k; p++) {
                    value -= target[i][p] * Math.log(q[p]) / n / last;
                    mean[p] += q[p] / n / last;
                }
            }
        }
        double all = Arrays.stream(wanted).sum();
        boolean even = Arrays.stream(wanted).allMatch(number -> number == wanted[0]);
        for (int p = 0; p < k; p++) {
            double prior = wanted[p] / all;
            value += even ? mean[p] * Math.log(mean[p] * k) : prior * Math.log(prior / mean[p]);
        }
        return value;
    }

    /** Koromilas et al. (2024), eq. 12. */
    static double kcl(Given x, double t, double energy) {
        double value = 0;
        int n = x.items();
        for (int i = 0; i < n; i++) {
            double d = PlainFormulas.distance(PlainFormulas.unit(x.views()[0][i]), PlainFormulas.unit(x.views()[1][i]));
            value -= 2 * Math.exp(-t * d * d) / n;
            for (int j = 0; j < i; j++) {
                for (double[][] view : x.views()) {
                    double apart = PlainFormulas.distance(PlainFormulas.unit(view[i]), PlainFormulas.unit(view[j]));
                    value += energy * Math.exp(-t * apart * apart) / (n * (n - 1) / 2.0);
                }
            }
        }
        return value;
    }

    /** Alshammari et al. (2025), table 1: q from shared clusters against an item's own other view and its neighbours. */
    static double sharedClusters(Given x, double temperature, double leak, int neighbours) {
        int n = x.items();
        int width = x.views()[0][0].length;
        double value = 0;
        for (int side = 0; side < 2; side++) {
            for (int i = 0; i < n; i++) {
                double total = 0;
                for (int j = 0; j < n; j++) {
                    double q = 0;
                    for (int c = 0; c < width; c++) {
                        double size = 0;
                        for (int k = 0; k < n; k++) {
                            size += cluster(x.views()[1 - side][k], c, temperature);
                        }
                        q += cluster(x.views()[side][i], c, temperature)
                                * cluster(x.views()[1 - side][j], c, temperature)
                                / size;
                    }
                    total += q;
                    int nearer = 0;
                    for (int k = 0; k < n; k++) {
                        boolean before = PlainFormulas.cosine(x.guide(side, i), x.guide(1 - side, k))
                                > PlainFormulas.cosine(x.guide(side, i), x.guide(1 - side, j));
                        nearer += k != i && k != j && before ? 1 : 0;
                    }
                    double told = i == j || nearer < neighbours ? 1.0 / (1 + neighbours) : 0;
                    double p = (1 - leak) * told + leak / n;
                    value += p == 0 ? 0 : p * Math.log(p / q) / n / 2;
                }
                if (Math.abs(total - 1) > 1e-9) {
                    throw new AssertionError("q sums to " + total);
                }
            }
        }
        return value;
    }

    private static double cluster(double[] row, int cluster, double temperature) {
        double all = 0;
        for (double score : row) {
            all += Math.exp((score - row[cluster]) / temperature);
        }
        return 1 / all;
    }

    /** CLIP and its distillation: views 2 and 3 are the teacher's, held fixed. */
    static double distilled(Given x, double scale, double teacherScale, double contrast) {
        double value = 0;
        int n = x.items();
        for (int side = 0; side < 2; side++) {
            for (int i = 0; i < n; i++) {
                double[] q = PlainFormulas.shares(x.views()[side][i], x.views()[1 - side], 1 / scale);
                double[] p = PlainFormulas.shares(x.fixed()[2 + side][i], x.fixed()[3 - side], 1 / teacherScale);
                for (int j = 0; j < n; j++) {
                    value -= (p[j] + (i == j ? contrast : 0)) * Math.log(q[j]) / n / 2;
                }
            }
        }
        return value;
    }

    /** With what a guide makes of the first views as views behind them. */
    static Given guided(Given x, int count) {
        double[][][] views = Arrays.copyOf(x.views(), 2 + count);
        double[][][] fixed = Arrays.copyOf(x.fixed(), 2 + count);
        for (int v = 0; v < count; v++) {
            views[2 + v] = new double[x.items()][];
            for (int i = 0; i < x.items(); i++) {
                views[2 + v][i] = x.guide(v, i);
            }
            fixed[2 + v] = views[2 + v];
        }
        return new Given(views, fixed, x.labels(), x.targets(), x.memory());
    }

    /** Zhai et al. (2022), section 3; the view of a number is the locked tower's. */
    static double lit(Given x, double temperature, int locked) {
        double[][] other = x.fixed()[locked];
        return (crossEntropy(x.views()[0], other, temperature) + crossEntropy(other, x.views()[0], temperature)) / 2;
    }

    /** Srinivasa et al. (2023), eq. 4; view 2 is the frozen model's. */
    static double cwcl(Given x, double temperature, boolean both) {
        double value = 0;
        int n = x.items();
        for (int i = 0; i < n; i++) {
            double[] q = PlainFormulas.shares(x.views()[0][i], x.views()[1], temperature);
            double weights = 0;
            double sum = 0;
            for (int j = 0; j < n; j++) {
                double w = (PlainFormulas.cosine(x.fixed()[2][i], x.fixed()[2][j]) + 1) / 2;
                weights += w;
                sum -= w * Math.log(q[j]);
            }
            value += sum / weights / n;
        }
        return both ? (value + crossEntropy(x.views()[1], x.views()[0], temperature)) / 2 : value;
    }
}
