package io.chiaro.objective;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The formulas of dense encoders, clips, fused neighbours and predicted temperatures, as plain loops; see {@link PlainFormulas}. */
final class PlainPatches {

    private PlainPatches() {}

    private static int[] rowsOf(Given x, int picture) {
        return IntStream.range(0, x.items())
                .filter(i -> x.labels()[i] == picture)
                .toArray();
    }

    private static int[] pictures(Given x) {
        return Arrays.stream(x.labels()).sorted().distinct().toArray();
    }

    /** Bardes, Ponce and LeCun (2022), eq. 4 to 6. */
    static double localMatches(Given x, double[] weights, double share, int[] numbers, double epsilon) {
        int[] pictures = pictures(x);
        double[][][] whole = new double[2][pictures.length][x.width()];
        for (int p = 0; p < pictures.length; p++) {
            int[] rows = rowsOf(x, pictures[p]);
            for (int row : rows) {
                for (int k = 0; k < x.width(); k++) {
                    whole[0][p][k] += x.views()[2][row][k] / rows.length;
                    whole[1][p][k] += x.views()[3][row][k] / rows.length;
                }
            }
        }
        double global = similar(List.<double[][][]>of(whole), weights, epsilon);
        double[][] places = x.rowsOf("places");
        double[][][] byPlace = new double[2][x.items()][];
        for (int i = 0; i < x.items(); i++) {
            byPlace[0][i] = new double[] {places[i][0], places[i][1]};
            byPlace[1][i] = new double[] {places[i][2], places[i][3]};
        }
        double local = 0;
        for (int most : numbers) {
            for (int side = 0; side < 2; side++) {
                local += matched(x, side, x.fixed()[side], x.fixed()[1 - side], most, weights, epsilon) / 4;
                local += matched(x, side, byPlace[side], byPlace[1 - side], most, weights, epsilon) / 4;
            }
        }
        return share * global + (1 - share) * local;
    }

    private static double matched(
            Given x, int side, double[][] from, double[][] to, int most, double[] weights, double epsilon) {
        List<int[][]> matches = new ArrayList<>();
        for (int picture : pictures(x)) {
            int[] rows = rowsOf(x, picture);
            matches.add(Arrays.stream(rows)
                    .mapToObj(row -> new int[] {
                        row,
                        Arrays.stream(rows)
                                .boxed()
                                .min(Comparator.comparingDouble(other -> PlainFormulas.distance(from[row], to[other])))
                                .orElseThrow()
                    })
                    .sorted(Comparator.comparingDouble(pair -> PlainFormulas.distance(from[pair[0]], to[pair[1]])))
                    .limit(most)
                    .toArray(int[][]::new));
        }
        List<double[][][]> ranks = new ArrayList<>();
        for (int k = 0; k < most; k++) {
            int rank = k;
            List<int[]> pairs = matches.stream()
                    .filter(list -> list.length > rank)
                    .map(list -> list[rank])
                    .toList();
            if (!pairs.isEmpty()) {
                ranks.add(new double[][][] {
                    pairs.stream().map(pair -> x.views()[side][pair[0]]).toArray(double[][]::new),
                    pairs.stream().map(pair -> x.views()[1 - side][pair[1]]).toArray(double[][]::new)
                });
            }
        }
        return similar(ranks, weights, epsilon);
    }

    private static double similar(List<double[][][]> groups, double[] weights, double epsilon) {
        double apart = 0;
        double hinge = 0;
        double mixed = 0;
        int pairs = 0;
        int d = groups.get(0)[0][0].length;
        for (double[][][] group : groups) {
            for (int i = 0; i < group[0].length; i++) {
                apart += Math.pow(PlainFormulas.distance(group[0][i], group[1][i]), 2);
                pairs++;
            }
            for (double[][] side : group) {
                for (int k = 0; k < d; k++) {
                    for (int l = 0; l < d; l++) {
                        double c = covariance(side, k, l);
                        if (k == l) {
                            hinge += Math.max(0, 1 - Math.sqrt(c + epsilon)) / d / 2 / groups.size();
                        } else {
                            mixed += c * c / d / 2 / groups.size();
                        }
                    }
                }
            }
        }
        return weights[0] * apart / pairs / d + weights[1] * hinge + weights[2] * mixed;
    }

    private static double covariance(double[][] rows, int k, int l) {
        double meanK = Arrays.stream(rows).mapToDouble(row -> row[k]).average().orElse(0);
        double meanL = Arrays.stream(rows).mapToDouble(row -> row[l]).average().orElse(0);
        return Arrays.stream(rows)
                        .mapToDouble(row -> (row[k] - meanK) * (row[l] - meanL))
                        .sum()
                / Math.max(1, rows.length - 1);
    }

    /** Darcet et al. (2025), section 3.2: an item is a patch, its label the position. */
    static double positionwise(Given x, double studentTemperature, double teacherTemperature) {
        double value = 0;
        for (int position : pictures(x)) {
            int[] rows = rowsOf(x, position);
            double[][] code = new double[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                code[i] = Arrays.stream(x.fixed()[1][rows[i]])
                        .map(score -> Math.exp(score / teacherTemperature))
                        .toArray();
            }
            for (int round = 0; round < 3; round++) {
                for (int k = 0; k < x.width(); k++) {
                    int cluster = k;
                    double sum =
                            Arrays.stream(code).mapToDouble(row -> row[cluster]).sum();
                    for (double[] row : code) {
                        row[k] /= sum;
                    }
                }
                for (double[] row : code) {
                    double sum = Arrays.stream(row).sum();
                    Arrays.setAll(row, k -> row[k] / sum);
                }
            }
            for (int i = 0; i < rows.length; i++) {
                double[] student = x.views()[0][rows[i]];
                double below = Arrays.stream(student)
                        .map(score -> Math.exp(score / studentTemperature))
                        .sum();
                for (int k = 0; k < x.width(); k++) {
                    value -= code[i][k] * (student[k] / studentTemperature - Math.log(below)) / x.items();
                }
            }
        }
        return value;
    }

    /** TIPSv2 (2026): a 1 for masked patches. */
    static double maskedAndVisible(Given x, double studentTemperature, double teacherTemperature, double visible) {
        double value = 0;
        int[] pictures = pictures(x);
        for (int picture : pictures) {
            for (boolean masked : new boolean[] {true, false}) {
                int[] rows = Arrays.stream(rowsOf(x, picture))
                        .filter(i -> x.rowsOf("masked")[i][0] == (masked ? 1 : 0))
                        .toArray();
                for (int row : rows) {
                    // A batch of one patch is a picture of one patch.
                    Given alone = Given.of(
                            new double[][][] {{x.views()[0][row]}, {x.fixed()[1][row]}},
                            new int[1],
                            new double[1],
                            x.memory());
                    value += (masked ? 1 : visible)
                            * PlainTeachers.centredPatches(alone, studentTemperature, teacherTemperature)
                            / rows.length
                            / pictures.length;
                }
            }
        }
        return value;
    }

    /** The dense structure estimator (2025) as a regulariser. */
    static double denseStructure(Given x, double weight, int local, int global) {
        double value = 0;
        for (int v = 0; v < x.views().length; v++) {
            double[][] rows =
                    Arrays.stream(x.views()[v]).map(PlainFormulas::unit).toArray(double[][]::new);
            double[][] held =
                    Arrays.stream(x.fixed()[v]).map(PlainFormulas::unit).toArray(double[][]::new);
            int[] pictures = pictures(x);
            List<Double> ofPictures = new ArrayList<>();
            for (int picture : pictures) {
                int[] own = rowsOf(x, picture);
                List<Double> spreads = spreads(rows, held, own, clusters(held, own, local, 20, 1e-4));
                spreads.stream().mapToDouble(spread -> spread).average().ifPresent(ofPictures::add);
            }
            List<Double> ofGroups = new ArrayList<>();
            List<Double> far = new ArrayList<>();
            int together = Math.max(1, global / local);
            for (int from = 0; from < pictures.length; from += together) {
                int[] group = Arrays.stream(pictures, from, Math.min(pictures.length, from + together))
                        .flatMap(picture -> Arrays.stream(rowsOf(x, picture)))
                        .toArray();
                double[][] centres = clusters(held, group, global, 20, 1e-4);
                ofGroups.addAll(spreads(rows, held, group, centres));
                if (centres.length > 1) {
                    far.add(Arrays.stream(group)
                            .mapToDouble(i -> PlainFormulas.distance(rows[i], second(held[i], centres)))
                            .average()
                            .orElseThrow());
                }
            }
            double[] mean = mean(rows);
            double apart = Arrays.stream(rows)
                    .mapToDouble(row -> PlainFormulas.distance(row, mean))
                    .average()
                    .orElseThrow();
            double[] singular = PlainFormulas.singularValues(rows);
            double sum = Arrays.stream(singular).sum();
            double entropy = 0;
            for (double s : singular) {
                entropy -= s < 1e-9 ? 0 : s / sum * Math.log(s / sum);
            }
            value -= weight
                    / x.views().length
                    * (average(far) / apart
                            + Math.exp(entropy) / Math.min(x.items(), x.width())
                            - (average(ofGroups) + average(ofPictures)) / apart / 2);
        }
        return value;
    }

    private static double average(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElse(0);
    }

    private static double[] mean(double[][] rows) {
        double[] mean = new double[rows[0].length];
        for (double[] row : rows) {
            Arrays.setAll(mean, k -> mean[k] + row[k] / rows.length);
        }
        return mean;
    }

    /** The nearest centre but one. */
    private static double[] second(double[] row, double[][] centres) {
        return Arrays.stream(centres)
                .sorted(Comparator.comparingDouble(centre -> PlainFormulas.distance(row, centre)))
                .skip(1)
                .findFirst()
                .orElseThrow();
    }

    /** The sums of singular values of clusters of at least two rows; what belongs to a cluster is held fixed. */
    private static List<Double> spreads(double[][] rows, double[][] held, int[] places, double[][] centres) {
        List<Double> spreads = new ArrayList<>();
        for (int c = 0; c < centres.length; c++) {
            int cluster = c;
            double[][] members = Arrays.stream(places)
                    .filter(i -> nearest(held[i], centres) == cluster)
                    .mapToObj(i -> rows[i])
                    .toArray(double[][]::new);
            if (members.length > 1) {
                double[] mean = mean(members);
                double[][] centred = new double[members.length][mean.length];
                for (int i = 0; i < members.length; i++) {
                    for (int k = 0; k < mean.length; k++) {
                        centred[i][k] = members[i][k] - mean[k];
                    }
                }
                spreads.add(Arrays.stream(PlainFormulas.singularValues(centred)).sum()
                        / Math.sqrt(Math.max(members.length - 1, mean.length)));
            }
        }
        return spreads;
    }

    private static int nearest(double[] row, double[][] centres) {
        return IntStream.range(0, centres.length)
                .boxed()
                .min(Comparator.comparingDouble(c -> PlainFormulas.distance(row, centres[c])))
                .orElseThrow();
    }

    private static double[][] clusters(double[][] all, int[] places, int count, int iterations, double tolerance) {
        double[][] rows = Arrays.stream(places).mapToObj(i -> all[i]).toArray(double[][]::new);
        List<double[]> taken = new ArrayList<>();
        double[] middle = mean(rows);
        taken.add(Arrays.stream(rows)
                .min(Comparator.comparingDouble(row -> PlainFormulas.distance(row, middle)))
                .orElseThrow());
        while (taken.size() < Math.min(count, rows.length)) {
            taken.add(Arrays.stream(rows)
                    .max(Comparator.comparingDouble(row -> taken.stream()
                            .mapToDouble(one -> PlainFormulas.distance(row, one))
                            .min()
                            .orElseThrow()))
                    .orElseThrow());
        }
        double[][] centres = taken.toArray(double[][]::new);
        for (int i = 0; i < iterations; i++) {
            double[][] before = centres;
            double[][] moved = before.clone();
            double shift = 0;
            for (int c = 0; c < before.length; c++) {
                int cluster = c;
                double[][] members = Arrays.stream(rows)
                        .filter(row -> nearest(row, before) == cluster)
                        .toArray(double[][]::new);
                moved[c] = members.length == 0 ? before[c] : mean(members);
                shift += Math.pow(PlainFormulas.distance(moved[c], before[c]), 2);
            }
            centres = moved;
            if (Math.sqrt(shift) < tolerance) {
                break;
            }
        }
        return centres;
    }

    /** LeWorldModel (2026): predictions of all frames but the first, then the frames. */
    static double predictedFrames(Given x, double weight, int knots, double range) {
        int predicted = x.views().length / 2;
        double value = 0;
        for (int t = 0; t < predicted; t++) {
            for (int i = 0; i < x.items(); i++) {
                value += Math.pow(PlainFormulas.distance(x.views()[t][i], x.fixed()[predicted + 1 + t][i]), 2)
                        / x.items()
                        / x.width()
                        / predicted;
            }
        }
        double[][][] frames = Arrays.copyOfRange(x.views(), predicted, x.views().length);
        return value + weight * PlainViews.lejepa(x.withViews(frames), 1, 1, knots, range);
    }

    /** Estepa et al. (2023), eq. 1 to 6. */
    static double fusedNeighbours(Given x, double temperature, double fused, double[] weights) {
        double near = 0;
        double centroids = 0;
        for (int direction = 0; direction < 2; direction++) {
            double[][] neighbours = new double[x.items()][];
            for (int i = 0; i < x.items(); i++) {
                neighbours[i] =
                        x.rowsOf("queue")[PlainTeachers.nearest(x.fixed()[4 + direction][i], x.rowsOf("queue"))];
            }
            near += towards(neighbours, x.views()[1 - direction], temperature) / 2;
            centroids += towards(x.views()[6 + direction], x.views()[9 - direction], fused) / 2;
        }
        double unlike = 0;
        double mixed = 0;
        int d = x.width();
        for (int direction = 0; direction < 2; direction++) {
            double[][] averaged = Arrays.stream(x.fixed()[4 + direction])
                    .map(PlainFormulas::unit)
                    .toArray(double[][]::new);
            double[][] projected = x.views()[3 - direction];
            for (int k = 0; k < d; k++) {
                for (int l = 0; l < d; l++) {
                    double c = PlainFormulas.cosine(column(averaged, k), column(projected, l));
                    unlike += k == l ? (c - 1) * (c - 1) / d / 2 : 0;
                    mixed += k == l ? 0 : c * c / d / (d - 1) / 2;
                }
            }
        }
        return weights[0] * near + weights[1] * centroids + weights[2] * (Math.sqrt(unlike) + Math.sqrt(mixed)) / 2;
    }

    private static double[] column(double[][] rows, int k) {
        return Arrays.stream(rows).mapToDouble(row -> row[k]).toArray();
    }

    private static double towards(double[][] rows, double[][] candidates, double temperature) {
        double value = 0;
        for (int i = 0; i < rows.length; i++) {
            double below = 0;
            for (double[] candidate : candidates) {
                below += Math.exp(PlainFormulas.cosine(rows[i], candidate) / temperature);
            }
            value += (Math.log(below) - PlainFormulas.cosine(rows[i], candidates[i]) / temperature) / rows.length;
        }
        return value;
    }

    /** Zhang et al. (2021), section 3. */
    static double predictedTemperature(Given x, double temperature, boolean negatives) {
        double[][] rows = PlainFormulas.rows(x);
        int n = x.items();
        double value = 0;
        for (int i = 0; i < 2 * n; i++) {
            double[] own = embedding(rows[i]);
            double scale = 1 / (1 + Math.exp(-rows[i][x.width() - 1])) / temperature;
            double below = 0;
            for (int k = 0; k < 2 * n; k++) {
                if (negatives ? k % n != i % n : k != i) {
                    below += Math.exp(scale * PlainFormulas.cosine(own, embedding(rows[k])));
                }
            }
            double positive = PlainFormulas.cosine(own, embedding(rows[(i + n) % (2 * n)]));
            value += (Math.log(below) - scale * positive) / (2 * n);
        }
        return value;
    }

    private static double[] embedding(double[] row) {
        return Arrays.copyOf(row, row.length - 1);
    }
}
