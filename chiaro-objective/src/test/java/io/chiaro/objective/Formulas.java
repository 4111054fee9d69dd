package io.chiaro.objective;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * The formulas of the papers as plain loops in double precision. They share nothing with the engine: no masks, no pairing,
 * no normalisation, no log-sum-exp.
 */
final class Formulas {

    private Formulas() {}

    /** Henderson et al. (2017), section 4.4, with explicit negatives: -log e^{s(q_i, p_i)} / sum over all docs. */
    static double infoNce(Sample sample, double scale) {
        double[][][] x = sample.values;
        double sum = 0;
        for (int i = 0; i < x[0].length; i++) {
            double z = 0;
            for (int v = 1; v < x.length; v++) {
                for (int j = 0; j < x[v].length; j++) {
                    z += Math.exp(scale * cosine(x[0][i], x[v][j]));
                }
            }
            sum -= Math.log(Math.exp(scale * cosine(x[0][i], x[1][i])) / z);
        }
        return sum / x[0].length;
    }

    /** Radford et al. (2021), figure 3: the mean of both cross-entropies; explicit negatives stand in the first. */
    static double symmetric(Sample sample, double scale) {
        double[][][] x = sample.values;
        double sum = 0;
        for (int j = 0; j < x[0].length; j++) {
            double z = 0;
            for (int i = 0; i < x[0].length; i++) {
                z += Math.exp(scale * cosine(x[0][i], x[1][j]));
            }
            sum -= Math.log(Math.exp(scale * cosine(x[0][j], x[1][j])) / z);
        }
        return (infoNce(sample, scale) + sum / x[0].length) / 2;
    }

    /** Li et al. (2023), section 3.3: Z_i has four sums, the docs of other items being negatives of the positive too. */
    static double gte(Sample sample, double scale) {
        double[][][] x = sample.values;
        int n = x[0].length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = 0;
            for (int j = 0; j < n; j++) {
                z += Math.exp(scale * cosine(x[0][j], x[1][i]));
                if (j != i) {
                    z += Math.exp(scale * cosine(x[0][i], x[0][j]));
                }
                for (int v = 1; v < x.length; v++) {
                    z += Math.exp(scale * cosine(x[0][i], x[v][j]));
                    if (j != i) {
                        z += Math.exp(scale * cosine(x[1][i], x[v][j]));
                    }
                }
            }
            sum -= Math.log(Math.exp(scale * cosine(x[0][i], x[1][i])) / z);
        }
        return sum / n;
    }

    /** Solatorio (2024), section 3: what the guide puts nearer than the positive, less the margin, leaves the sums. */
    static double gist(Sample sample, double scale, double margin, boolean relative) {
        double[][][] x = sample.values;
        double[][][] g = sample.guide();
        int n = x[0].length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double own = cosine(g[0][i], g[1][i]);
            double most = relative ? own - Math.abs(own) * margin : own - margin;
            double positive = Math.exp(scale * cosine(x[0][i], x[1][i]));
            double z = positive;
            for (int j = 0; j < n; j++) {
                if (j != i && cosine(g[0][i], g[1][j]) <= most) {
                    z += Math.exp(scale * cosine(x[0][i], x[1][j]));
                }
                if (j != i && cosine(g[0][i], g[0][j]) <= most) {
                    z += Math.exp(scale * cosine(x[0][i], x[0][j]));
                }
                if (j != i && cosine(g[1][i], g[1][j]) <= most) {
                    z += Math.exp(scale * cosine(x[1][i], x[1][j]));
                }
                for (int v = 2; v < x.length; v++) {
                    if (cosine(g[0][i], g[v][j]) <= most) {
                        z += Math.exp(scale * cosine(x[0][i], x[v][j]));
                    }
                }
            }
            sum -= Math.log(positive / z);
        }
        return sum / n;
    }

    /** Schroff et al. (2015), eq. 3, with distances that are not squared: max(0, d(a, p) - d(a, n) + margin). */
    static double triplet(Sample sample, double margin) {
        double[][][] x = sample.values;
        double sum = 0;
        for (int i = 0; i < x[0].length; i++) {
            for (int v = 2; v < x.length; v++) {
                sum += Math.max(0, distance(x[0][i], x[1][i]) - distance(x[0][i], x[v][i]) + margin) / (x.length - 2);
            }
        }
        return sum / x[0].length;
    }

    /** Huang et al. (2024), eq. 6: log(1 + sum over gold_i < gold_j of e^{scale (s_i - s_j)}). */
    static double cosent(Sample sample, double scale) {
        return ordered(sample, scale, i -> cosine(sample.values[0][i], sample.values[1][i]));
    }

    /** Li and Li (2024), section 3.3: the same over the parts of the complex quotient of both embeddings. */
    static double angle(Sample sample, double scale) {
        return ordered(sample, scale, i -> quotient(sample.values[0][i], sample.values[1][i]));
    }

    private static double ordered(Sample sample, double scale, ToDoubleFunction<Integer> similarity) {
        double sum = 1;
        for (int i = 0; i < sample.rows(); i++) {
            for (int j = 0; j < sample.rows(); j++) {
                if (sample.gold()[i] < sample.gold()[j]) {
                    sum += Math.exp(scale * (similarity.applyAsDouble(i) - similarity.applyAsDouble(j)));
                }
            }
        }
        return Math.log(sum);
    }

    /** Reimers and Gurevych (2019), section 3. */
    static double cosineRegression(Sample sample) {
        double sum = 0;
        for (int i = 0; i < sample.rows(); i++) {
            double error = cosine(sample.values[0][i], sample.values[1][i]) - sample.gold()[i];
            sum += error * error;
        }
        return sum / sample.rows();
    }

    /** Hofstaetter et al. (2020), eq. 5. */
    static double marginMse(Sample sample) {
        double[][][] x = sample.values;
        double sum = 0;
        for (int i = 0; i < sample.rows(); i++) {
            for (int v = 2; v < x.length; v++) {
                double student = dot(x[0][i], x[1][i]) - dot(x[0][i], x[v][i]);
                double teacher = sample.teacherScores()[i][0] - sample.teacherScores()[i][v - 1];
                sum += (student - teacher) * (student - teacher);
            }
        }
        return sum / sample.rows() / (x.length - 2);
    }

    /** Hinton et al. (2015), section 2: T^2 sum p log(p / q), both softened by T. */
    static double distillation(Sample sample, double temperature) {
        double[][][] x = sample.values;
        double sum = 0;
        for (int i = 0; i < sample.rows(); i++) {
            double student = 0;
            double teacher = 0;
            for (int v = 1; v < x.length; v++) {
                student += Math.exp(dot(x[0][i], x[v][i]) / temperature);
                teacher += Math.exp(sample.teacherScores()[i][v - 1] / temperature);
            }
            for (int v = 1; v < x.length; v++) {
                double q = Math.exp(dot(x[0][i], x[v][i]) / temperature) / student;
                double p = Math.exp(sample.teacherScores()[i][v - 1] / temperature) / teacher;
                sum += p * Math.log(p / q);
            }
        }
        return temperature * temperature * sum / sample.rows();
    }

    /** The first numbers of every embedding. */
    static Sample truncated(Sample sample, int dimension) {
        double[][][] values = new double[sample.values.length][][];
        for (int v = 0; v < values.length; v++) {
            values[v] = new double[sample.values[v].length][];
            for (int i = 0; i < values[v].length; i++) {
                values[v][i] = Arrays.copyOf(sample.values[v][i], dimension);
            }
        }
        Sample result = new Sample(values);
        result.scores = sample.scores;
        result.teacher = sample.teacher;
        result.guides = sample.guides;
        return result;
    }

    static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int k = 0; k < x.length; k++) {
            sum += x[k] * y[k];
        }
        return sum;
    }

    static double cosine(double[] x, double[] y) {
        return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    }

    static double distance(double[] x, double[] y) {
        double sum = 0;
        for (int k = 0; k < x.length; k++) {
            sum += (x[k] - y[k]) * (x[k] - y[k]);
        }
        return Math.sqrt(sum);
    }

    /** |sum of real and imaginary parts of x / y| after both are scaled to unit length; halves are the two parts. */
    private static double quotient(double[] x, double[] y) {
        int half = x.length / 2;
        double lengthX = Math.sqrt(dot(x, x));
        double lengthY = Math.sqrt(dot(y, y));
        double sum = 0;
        for (int k = 0; k < half; k++) {
            double a = x[k] / lengthX;
            double b = x[k + half] / lengthX;
            double c = y[k] / lengthY;
            double d = y[k + half] / lengthY;
            sum += (a * c + b * d) + (b * c - a * d);
        }
        return Math.abs(sum);
    }
}
