package io.chiaro.objective;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The formulas of teachers, groups, patches and proxies, as plain loops; see {@link PlainFormulas}. */
final class PlainTeachers {

    private PlainTeachers() {}

    /** Reimers and Gurevych (2020), eq. 1; Kim et al. (2023), eq. 7: the last view is the teacher's. */
    static double towards(Given x, String measure) {
        int students = x.views().length - 1;
        double sum = 0;
        for (int v = 0; v < students; v++) {
            for (int i = 0; i < x.items(); i++) {
                double[] student = x.views()[v][i];
                double[] teacher = x.fixed()[students][i];
                double d = PlainFormulas.distance(student, teacher);
                sum += switch (measure) {
                    case "mean-square" -> d * d / x.width();
                    case "distance" -> d;
                    default -> 1 - PlainFormulas.cosine(student, teacher);
                };
            }
        }
        return sum / students / x.items();
    }

    static int nearest(double[] row, double[][] memory) {
        int best = 0;
        for (int k = 1; k < memory.length; k++) {
            best = PlainFormulas.cosine(row, memory[k]) > PlainFormulas.cosine(row, memory[best]) ? k : best;
        }
        return best;
    }

    /** Dwibedi et al. (2021), section 3.2, without negatives: the mean cosine of both directions. */
    static double neighbours(Given x) {
        double[][] queue = x.rowsOf("queue");
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            sum += PlainFormulas.cosine(x.views()[1][i], queue[nearest(x.fixed()[2][i], queue)])
                    + PlainFormulas.cosine(x.views()[0][i], queue[nearest(x.fixed()[3][i], queue)]);
        }
        return sum / 2 / x.items();
    }

    private static double crossEntropy(double[] row, double[][] classes, int own, double temperature) {
        double below = 0;
        for (double[] vector : classes) {
            below += Math.exp(PlainFormulas.cosine(row, vector) / temperature);
        }
        return Math.log(below) - PlainFormulas.cosine(row, classes[own]) / temperature;
    }

    /** Caron et al. (2020), appendix A, each row against the cluster of its record. */
    static double clusterCodes(Given x, double temperature) {
        double[][] clusters = x.rowsOf("clusters");
        double sum = 0;
        for (double[][] view : x.views()) {
            for (int i = 0; i < x.items(); i++) {
                sum += crossEntropy(view[i], clusters, nearest(x.rowsOf("bank")[i], clusters), temperature);
            }
        }
        return sum / x.views().length / x.items();
    }

    /** Li et al. (2021), eq. 11, with temperatures that are told by the concentrations, whose percentiles lie between the ordered ones. */
    static double prototypeContrast(Given x, double temperature, double weight) {
        double[][] clusters = PlainFormulas.units(x.rowsOf("clusters"));
        double[] wide = Arrays.stream(x.rowsOf("concentrations"))
                .mapToDouble(row -> row[0])
                .toArray();
        double[] ordered = wide.clone();
        Arrays.sort(ordered);
        int last = ordered.length - 1;
        double least = ordered[0] + 0.1 * last * (ordered[1] - ordered[0]);
        double most = ordered[last] - 0.1 * last * (ordered[last] - ordered[last - 1]);
        double mean = 0;
        for (int k = 0; k < wide.length; k++) {
            wide[k] = wide[k] < least ? least : wide[k] > most ? most : wide[k];
            mean += wide[k] / wide.length;
        }
        int views = x.views().length;
        double[][][] units = Arrays.stream(x.views()).map(PlainFormulas::units).toArray(double[][][]::new);
        double sum = 0;
        for (int v = 0; v < views; v++) {
            for (int i = 0; i < x.items(); i++) {
                for (int w = 0; w < views; w++) {
                    if (w != v) {
                        double all = 0;
                        for (int j = 0; j < x.items(); j++) {
                            all += Math.exp(PlainFormulas.dot(units[v][i], units[w][j]) / temperature);
                        }
                        sum += (Math.log(all) - PlainFormulas.dot(units[v][i], units[w][i]) / temperature)
                                / (views - 1);
                    }
                }
                int own = nearest(x.rowsOf("bank")[i], clusters);
                double all = 0;
                for (int k = 0; k < clusters.length; k++) {
                    all += Math.exp(PlainFormulas.dot(units[v][i], clusters[k]) * mean / (temperature * wide[k]));
                }
                sum += weight
                        * (Math.log(all)
                                - PlainFormulas.dot(units[v][i], clusters[own]) * mean / (temperature * wide[own]));
            }
        }
        return sum / views / x.items();
    }

    /** Pang et al. (2022), eq. 3 and 4. */
    static double movedGroups(Given x, double temperature, double momentum) {
        double[][] groups = x.rowsOf("prototypes");
        double[][] moved = Arrays.stream(groups).map(double[]::clone).toArray(double[][]::new);
        for (int k = 0; k < groups.length; k++) {
            double[] mean = new double[x.width()];
            int members = 0;
            for (int i = 0; i < x.items(); i++) {
                if (nearest(x.fixed()[1][i], groups) == k) {
                    members++;
                    for (int d = 0; d < mean.length; d++) {
                        mean[d] += x.views()[1][i][d];
                    }
                }
            }
            for (int d = 0; d < mean.length && members > 0; d++) {
                moved[k][d] = momentum * groups[k][d] + (1 - momentum) * mean[d] / members;
            }
        }
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            sum += crossEntropy(x.views()[0][i], moved, nearest(x.fixed()[2][i], groups), temperature);
        }
        return sum / x.items();
    }

    /** Zhou et al. (2022), eq. 2: an item is a patch, its label the picture. */
    static double centredPatches(Given x, double studentTemperature, double teacherTemperature) {
        double[] centre = x.rowsOf("centre")[0];
        double value = 0;
        long pictures = Arrays.stream(x.labels()).distinct().count();
        for (int i = 0; i < x.items(); i++) {
            double teacherSum = 0;
            double studentSum = 0;
            for (int k = 0; k < x.width(); k++) {
                teacherSum += Math.exp((x.fixed()[1][i][k] - centre[k]) / teacherTemperature);
                studentSum += Math.exp(x.views()[0][i][k] / studentTemperature);
            }
            int picture = x.labels()[i];
            long patches =
                    Arrays.stream(x.labels()).filter(label -> label == picture).count();
            for (int k = 0; k < x.width(); k++) {
                double p = Math.exp((x.fixed()[1][i][k] - centre[k]) / teacherTemperature) / teacherSum;
                value -= p * (x.views()[0][i][k] / studentTemperature - Math.log(studentSum)) / patches / pictures;
            }
        }
        return value;
    }

    /** Henaff et al. (2021), eq. 2: views 0 and 1 look for each other, or in two further views that move with them. */
    static double regions(Given x, double temperature, boolean targets) {
        int further = targets ? 2 : 0;
        return region(x, x.views()[0], x.views()[further + 1], x.views()[further], temperature)
                + region(x, x.views()[1], x.views()[further], x.views()[further + 1], temperature);
    }

    private static double region(Given x, double[][] rows, double[][] other, double[][] own, double temperature) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            double below = 0;
            double above = 0;
            int drawn = 0;
            for (int j = 0; j < rows.length; j++) {
                double found = PlainFormulas.cosine(rows[i], other[j]) / temperature;
                below += Math.exp(found);
                if (x.labels()[j] == x.labels()[i]) {
                    above += found;
                    drawn++;
                } else {
                    below += Math.exp(PlainFormulas.cosine(rows[i], own[j]) / temperature);
                }
            }
            sum += (Math.log(below) - above / drawn) / drawn;
        }
        return sum / rows.length;
    }

    /** Kornblith et al. (2019), section 3, one minus it, between the patches of each picture. */
    static double patchKernels(Given x) {
        double sum = 0;
        int pictures = 0;
        for (int picture : Arrays.stream(x.labels()).distinct().toArray()) {
            double[][] student = kernel(x.views()[0], x.labels(), picture);
            double[][] teacher = kernel(x.fixed()[1], x.labels(), picture);
            if (student.length > 1) {
                sum += 1 - inner(student, teacher) / Math.sqrt(inner(student, student) * inner(teacher, teacher));
                pictures++;
            }
        }
        return sum / pictures;
    }

    private static double inner(double[][] a, double[][] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += PlainFormulas.dot(a[i], b[i]);
        }
        return sum;
    }

    /** Products of a picture's rows, less the means of their row and column and plus that of all. */
    private static double[][] kernel(double[][] view, int[] labels, int picture) {
        double[][] rows = IntStream.range(0, labels.length)
                .filter(i -> labels[i] == picture)
                .mapToObj(i -> view[i])
                .toArray(double[][]::new);
        int n = rows.length;
        double[] means = new double[n];
        double all = 0;
        for (int i = 0; i < n; i++) {
            for (double[] row : rows) {
                means[i] += PlainFormulas.dot(rows[i], row) / n;
            }
            all += means[i] / n;
        }
        double[][] kernel = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                kernel[i][j] = PlainFormulas.dot(rows[i], rows[j]) - means[i] - means[j] + all;
            }
        }
        return kernel;
    }

    /** Wu et al. (2026), eq. 1 to 8. */
    static double slicedQuantiles(Given x, double weight, int global, double epsilon) {
        int n = x.items();
        double[] quantiles = new double[n];
        Arrays.setAll(quantiles, i -> quantile((i + 1.0) / (n + 1)));
        double value = 0;
        for (int v = 0; v < x.views().length; v++) {
            double[][] view = x.views()[v];
            double[][] ready = new double[n][x.width()];
            double regular = 0;
            double apart = 0;
            for (int k = 0; k < x.width(); k++) {
                double mean = 0;
                double fixedMean = 0;
                double square = 0;
                double fixedSquare = 0;
                for (int i = 0; i < n; i++) {
                    mean += view[i][k] / n;
                    fixedMean += x.fixed()[v][i][k] / n;
                }
                for (int i = 0; i < n; i++) {
                    square += Math.pow(view[i][k] - mean, 2) / n;
                    fixedSquare += Math.pow(x.fixed()[v][i][k] - fixedMean, 2) / n;
                    double centre = 0;
                    for (int g = 0; g < global; g++) {
                        centre += x.views()[g][i][k] / global;
                    }
                    apart += Math.pow(view[i][k] - centre, 2) / n / x.width();
                }
                regular += (mean * mean + Math.pow(1 - Math.sqrt(square), 2)) / x.width();
                for (int i = 0; i < n; i++) {
                    ready[i][k] = (view[i][k] - mean) / (Math.sqrt(fixedSquare) + epsilon);
                }
            }
            for (double[] slice : x.rowsOf("slices")) {
                double[] sorted = Arrays.stream(ready)
                        .mapToDouble(row -> PlainFormulas.dot(row, slice))
                        .sorted()
                        .toArray();
                for (int i = 0; i < n; i++) {
                    regular += Math.pow(sorted[i] - quantiles[i], 2) / n / x.rowsOf("slices").length;
                }
            }
            value += ((1 - weight) * apart + weight * regular) / x.views().length;
        }
        return value;
    }

    /** Where the standard normal's integral, by Simpson's rule, is p: by halving. */
    private static double quantile(double p) {
        double low = -9;
        double high = 9;
        for (int step = 0; step < 60; step++) {
            double middle = (low + high) / 2;
            double h = middle / 400;
            double integral = 0;
            for (int i = 0; i < 400; i += 2) {
                integral += h / 3 * (density(i * h) + 4 * density((i + 1) * h) + density((i + 2) * h));
            }
            if (0.5 + integral < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** Zhang et al. (2017), eq. 6. */
    static double spreadOut(Given x, double meanWeight, double momentWeight) {
        double value = 0;
        for (double[][] view : x.views()) {
            double mean = 0;
            double moment = 0;
            double pairs = x.items() * (x.items() - 1.0);
            for (int i = 0; i < x.items(); i++) {
                for (int j = 0; j < x.items(); j++) {
                    double s = j == i ? 0 : PlainFormulas.cosine(view[i], view[j]);
                    mean += s / pairs;
                    moment += s * s / pairs;
                }
            }
            value += (meanWeight * mean * mean + momentWeight * Math.max(0, moment - 1.0 / x.width()))
                    / x.views().length;
        }
        return value;
    }

    /** Paria et al. (2020), eq. 4. */
    static double meanActivations(Given x) {
        double[][] rows = PlainFormulas.rows(x);
        double value = 0;
        for (int k = 0; k < x.width(); k++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[k] / rows.length;
            }
            value += mean * mean;
        }
        return value;
    }

    /** Aziere and Todorovic (2019), eq. 4 to 8. */
    static double manifold(Given x, double contextWeight, double alpha, double margin) {
        double[][] rows = PlainFormulas.rows(x);
        double[][] proxies = x.rowsOf("prototypes");
        int[] y = PlainFormulas.labels(x);
        int n = rows.length;
        int all = n + proxies.length;
        double[][] z = new double[all][];
        for (int i = 0; i < all; i++) {
            z[i] = i < n ? rows[i] : proxies[i - n];
        }
        double[][] near = new double[all][all];
        double[] sums = new double[all];
        for (int i = 0; i < all; i++) {
            for (int j = 0; j < all; j++) {
                near[i][j] = i == j ? 0 : Math.exp(Math.max(0, PlainFormulas.cosine(z[i], z[j])) / 0.5);
                sums[i] += near[i][j];
            }
        }
        double[][] walk = new double[all][2 * all];
        for (int i = 0; i < all; i++) {
            for (int j = 0; j < all; j++) {
                walk[i][j] = (i == j ? 1 : 0) - alpha * near[i][j] / Math.sqrt(sums[i] * sums[j]);
            }
            walk[i][all + i] = 1 - alpha;
        }
        eliminate(walk);
        double[][] ranks = Arrays.stream(walk)
                .map(row -> Arrays.copyOfRange(row, all, 2 * all))
                .toArray(double[][]::new);
        double value = 0;
        for (int i = 0; i < n; i++) {
            double intrinsic = 1;
            double context = 1;
            for (int k = 0; k < proxies.length; k++) {
                if (k != y[i]) {
                    double ahead = ranks[i][n + k] - ranks[i][n + y[i]] + margin;
                    intrinsic += ahead >= 0 ? Math.exp(ahead) : 0;
                    ahead = PlainFormulas.cosine(ranks[i], ranks[n + k])
                            - PlainFormulas.cosine(ranks[i], ranks[n + y[i]])
                            + margin;
                    context += ahead >= 0 ? Math.exp(ahead) : 0;
                }
            }
            value += (Math.log(intrinsic) + contextWeight * Math.log(context)) / n;
        }
        return value;
    }

    /** Brings the left half of a matrix to the identity, and so the right half to the solution (Gauss and Jordan). */
    private static void eliminate(double[][] matrix) {
        for (int p = 0; p < matrix.length; p++) {
            double pivot = matrix[p][p];
            for (int k = 0; k < matrix[p].length; k++) {
                matrix[p][k] /= pivot;
            }
            for (int i = 0; i < matrix.length; i++) {
                double factor = i == p ? 0 : matrix[i][p];
                for (int k = 0; k < matrix[i].length; k++) {
                    matrix[i][k] -= factor * matrix[p][k];
                }
            }
        }
    }

    /** A linear head over a pair against its score. */
    static double pairRegression(Given x) {
        double[][] head = x.rowsOf("pair-head");
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double score = x.rowsOf("pair-bias")[0][0] - x.targets()[i];
            for (int k = 0; k < x.width(); k++) {
                double u = x.views()[0][i][k];
                double v = x.views()[1][i][k];
                score += head[0][k] * u + head[1][k] * v + head[2][k] * u * v + head[3][k] * Math.abs(u - v);
            }
            sum += score * score;
        }
        return sum / x.items();
    }

    /** A teacher's scores where it is sure, labels where it is not. */
    static double dynamic(Given x, double scale, double share) {
        int candidates = x.views().length - 1;
        double[] entropies = new double[x.items()];
        double[] distances = new double[x.items()];
        double[] labels = new double[x.items()];
        double all = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] teacher = x.teacher(i);
            double below = 0;
            for (double score : teacher) {
                below += Math.exp(score);
            }
            for (int c = 0; c < candidates; c++) {
                double p = Math.exp(teacher[c]) / below;
                double y = scale * PlainFormulas.cosine(x.views()[0][i], x.views()[c + 1][i]);
                entropies[i] -= p * Math.log(p);
                distances[i] += (teacher[c] - y) * (teacher[c] - y) / candidates;
                labels[i] += Math.log(1 + Math.exp(c == 0 ? -y : y)) / candidates;
            }
            all += entropies[i];
        }
        double weights = 0;
        for (double entropy : entropies) {
            weights += Math.exp(Math.pow(1 - entropy / all, 2));
        }
        double value = 0;
        for (int i = 0; i < x.items(); i++) {
            value += share * Math.exp(Math.pow(1 - entropies[i] / all, 2)) / weights * distances[i]
                    + (1 - share) * entropies[i] / all * labels[i];
        }
        return value;
    }

    /** Every view against what a guide makes of the first. */
    static double towardsGuide(Given x) {
        double sum = 0;
        for (int v = 0; v < x.views().length; v++) {
            for (int i = 0; i < x.items(); i++) {
                sum += 1 - PlainFormulas.cosine(x.views()[v][i], x.guide(0, i));
            }
        }
        return sum / x.items() / x.views().length;
    }
}
