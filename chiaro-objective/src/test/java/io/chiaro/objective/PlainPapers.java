package io.chiaro.objective;

import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** The formulas of per-item state, synthetic keys, kernels and orders; see {@link PlainFormulas}. */
final class PlainPapers {

    private PlainPapers() {}

    private static double cosine(double[] a, double[] b) {
        return PlainFormulas.cosine(a, b);
    }

    private static double logSumExp(double... values) {
        double most = Arrays.stream(values).max().orElseThrow();
        return most
                + Math.log(Arrays.stream(values)
                        .map(value -> Math.exp(value - most))
                        .sum());
    }

    /** Yuan et al. (2022) and Qiu et al. (2023), algorithm 1; with own temperatures where the memory tells them. */
    static double movingDenominators(Given x, double gamma, double temperature, boolean own) {
        int n = x.items();
        double count = 2.0 * (n - 1);
        double sum = 0;
        for (int a = 0; a < 2; a++) {
            for (int i = 0; i < n; i++) {
                double tau = own ? x.rowsOf("temperatures")[i][0] : temperature;
                double mean = 0;
                for (int v = 0; v < 2; v++) {
                    for (int j = 0; j < n; j++) {
                        mean += j == i ? 0 : Math.exp(cosine(x.fixed()[a][i], x.fixed()[v][j]) / tau) / count;
                    }
                }
                double u = (1 - gamma) * x.rowsOf("denominators")[i][0] + gamma * mean;
                for (int v = 0; v < 2; v++) {
                    for (int j = 0; j < n; j++) {
                        double w = Math.exp(cosine(x.fixed()[a][i], x.fixed()[v][j]) / tau) / u;
                        sum += j == i ? 0 : w * cosine(x.views()[a][i], x.views()[v][j]) / count;
                    }
                }
                sum -= cosine(x.views()[0][i], x.views()[1][i]);
            }
        }
        return sum / n;
    }

    /** Kalantidis et al. (2020), section 4. */
    static double moCHi(Given x, double temperature, int hardest, int mixed, int anchored) {
        double[][] queue = PlainFormulas.units(x.rowsOf("queue"));
        int n = Math.min(hardest, queue.length);
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] fixed = PlainFormulas.unit(x.fixed()[0][i]);
            int[] near = IntStream.range(0, queue.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(k -> -PlainFormulas.dot(fixed, queue[k])))
                    .mapToInt(k -> k)
                    .toArray();
            double own = cosine(x.views()[0][i], x.fixed()[1][i]) / temperature;
            double[] logits = new double[1 + queue.length + mixed + anchored];
            logits[0] = own;
            for (int k = 0; k < queue.length; k++) {
                logits[1 + k] = cosine(x.views()[0][i], queue[k]) / temperature;
            }
            RandomStream random = RandomStream.of(0, "hard mixtures", i);
            for (int k = 0; k < mixed + anchored; k++) {
                double[] first = queue[near[random.nextInt(n)]];
                double[] second = queue[near[random.nextInt(n)]];
                double share = random.nextDouble();
                double[] made = k < mixed ? between(first, second, share) : between(fixed, second, share / 2);
                logits[1 + queue.length + k] = cosine(x.views()[0][i], made) / temperature;
            }
            sum += logSumExp(logits) - own;
        }
        return sum / x.items();
    }

    private static double[] between(double[] a, double[] b, double share) {
        double[] made = new double[a.length];
        Arrays.setAll(made, k -> share * a[k] + (1 - share) * b[k]);
        return made;
    }

    private static double beta(RandomStream random, double shape) {
        double x;
        double y;
        do {
            x = Math.pow(1 - random.nextDouble(), 1 / shape);
            y = Math.pow(1 - random.nextDouble(), 1 / shape);
        } while (x + y > 1);
        return x / (x + y);
    }

    /** Zhu et al. (2021), section 4, with the vectors themselves. */
    static double featureTransformation(Given x, double temperature, double extrapolation, double interpolation) {
        double[][] queue = PlainFormulas.units(x.rowsOf("queue"));
        RandomStream step = RandomStream.of(0, "interpolation");
        double share = beta(step, interpolation);
        int[] order = step.permutation(queue.length);
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double[] q = PlainFormulas.unit(x.views()[0][i]);
            double[] k = PlainFormulas.unit(x.fixed()[1][i]);
            double l = 1 + beta(RandomStream.of(0, "extrapolation", i), extrapolation);
            double own = PlainFormulas.dot(between(q, k, l), between(k, q, l)) / temperature;
            double[] logits = new double[1 + queue.length];
            logits[0] = own;
            for (int j = 0; j < queue.length; j++) {
                logits[1 + j] = PlainFormulas.dot(q, between(queue[j], queue[order[j]], share)) / temperature;
            }
            sum += logSumExp(logits) - own;
        }
        return sum / x.items();
    }

    /** Zhang et al. (2022), section 3. */
    static double mixCse(Given x, double temperature, double share) {
        int n = x.items();
        RandomStream random = RandomStream.of(0, "mixture with positive");
        double sum = 0;
        for (int i = 0; i < n; i++) {
            int j = (i + 1 + random.nextInt(n - 1)) % n;
            double[] mixture = between(PlainFormulas.unit(x.fixed()[1][i]), PlainFormulas.unit(x.fixed()[1][j]), share);
            double[] logits = new double[n + 1];
            for (int k = 0; k < n; k++) {
                logits[k] = cosine(x.views()[0][i], x.views()[1][k]) / temperature;
            }
            logits[n] = cosine(x.views()[0][i], mixture) / temperature;
            sum += logSumExp(logits) - logits[i];
        }
        return sum / n;
    }

    /** Zhou et al. (2022), section 3.2. */
    static double noiseNegatives(Given x, double temperature, int noise, int steps, double rate) {
        return noiseNegatives(x, temperature, noise, steps, rate, (i, k) -> true);
    }

    /** The same, where some of the other items do not count as negatives of an anchor. */
    static double noiseNegatives(
            Given x, double temperature, int noise, int steps, double rate, BiPredicate<Integer, Integer> counted) {
        int n = x.items();
        RandomStream random = RandomStream.of(0, "noise negatives");
        double[][] vectors = new double[noise * n][x.width()];
        for (double[] row : vectors) {
            Arrays.setAll(row, k -> random.nextGaussian());
        }
        for (int step = 0; step < steps; step++) {
            double[][] slopes = new double[vectors.length][x.width()];
            for (int i = 0; i < n; i++) {
                double[] logits = logits(x.fixed(), i, vectors, temperature, counted);
                double below = logSumExp(logits);
                for (int k = 0; k < vectors.length; k++) {
                    double q = Math.exp(logits[n + k] - below);
                    double[] a = PlainFormulas.unit(x.fixed()[0][i]);
                    double length = Math.sqrt(PlainFormulas.dot(vectors[k], vectors[k]));
                    double c = cosine(a, vectors[k]);
                    for (int f = 0; f < a.length; f++) {
                        slopes[k][f] += q / temperature / n * (a[f] - c * vectors[k][f] / length) / length;
                    }
                }
            }
            for (int k = 0; k < vectors.length; k++) {
                double[] direction = PlainFormulas.unit(slopes[k]);
                for (int f = 0; f < direction.length; f++) {
                    vectors[k][f] += rate * direction[f];
                }
            }
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double[] logits = logits(x.views(), i, vectors, temperature, counted);
            sum += logSumExp(logits) - logits[i];
        }
        return sum / n;
    }

    private static double[] logits(
            double[][][] views, int i, double[][] noise, double temperature, BiPredicate<Integer, Integer> counted) {
        int n = views[0].length;
        double[] logits = new double[n + noise.length];
        for (int k = 0; k < logits.length; k++) {
            boolean counts = k == i || k >= n || counted.test(i, k);
            logits[k] = counts
                    ? cosine(views[0][i], k < n ? views[1][k] : noise[k - n]) / temperature
                    : Double.NEGATIVE_INFINITY;
        }
        return logits;
    }

    /** Bandara et al. (2023), section 3, with the correlations as matrices. */
    static double mixedBarlowTwins(Given x, double lambda, double epsilon, double weight) {
        RandomStream random = RandomStream.of(0, "mixed samples");
        double share = random.nextDouble();
        int[] order = random.permutation(x.items());
        double[][] a = PlainFormulas.standardised(x.views()[0], epsilon);
        double[][] b = PlainFormulas.standardised(x.views()[1], epsilon);
        double[][] m = PlainFormulas.standardised(x.views()[2], epsilon);
        double[][] shuffled = Arrays.stream(order).mapToObj(i -> b[i]).toArray(double[][]::new);
        double penalty = 0;
        for (double[][] own : new double[][][] {a, b}) {
            double[][] found = correlation(m, own);
            double[][] first = correlation(a, own);
            double[][] second = correlation(shuffled, own);
            for (int k = 0; k < x.width(); k++) {
                for (int l = 0; l < x.width(); l++) {
                    double gap = found[k][l] - share * first[k][l] - (1 - share) * second[k][l];
                    penalty += gap * gap / 2;
                }
            }
        }
        return PlainFormulas.barlowTwins(x, lambda, epsilon) + weight * lambda * penalty;
    }

    private static double[][] correlation(double[][] a, double[][] b) {
        double[][] c = new double[a[0].length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < c.length; k++) {
                for (int l = 0; l < c[k].length; l++) {
                    c[k][l] += a[i][k] * b[i][l] / a.length;
                }
            }
        }
        return c;
    }

    /** Koromilas et al. (2024), eq. 12, with a kernel of the distance. */
    static double kernelContrast(Given x, double energy, DoubleUnaryOperator kernel) {
        int n = x.items();
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum -= 2 * kernel(x.views()[0][i], x.views()[1][i], kernel) / n;
            for (int j = 0; j < n; j++) {
                for (int v = 0; v < 2 && j != i; v++) {
                    sum += energy * kernel(x.views()[v][i], x.views()[v][j], kernel) / n / (n - 1);
                }
            }
        }
        return sum;
    }

    private static double kernel(double[] a, double[] b, DoubleUnaryOperator kernel) {
        return kernel.applyAsDouble(PlainFormulas.distance(PlainFormulas.unit(a), PlainFormulas.unit(b)));
    }

    /** Tan et al. (2024), section 5. */
    static double kernelSum(Given x, double temperature, double share, double exponential) {
        double[][] z = PlainFormulas.units(PlainFormulas.rows(x));
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            double own = 0;
            for (int j = 0; j < z.length; j++) {
                double d = PlainFormulas.distance(z[i], z[j]);
                double k = share * Math.exp(-d * d / temperature) + (1 - share) * Math.exp(-d / exponential);
                below += j == i ? 0 : k;
                own += j == PlainFormulas.other(i, z) ? k : 0;
            }
            sum += Math.log(below) - Math.log(own);
        }
        return sum / z.length;
    }

    /** Dufumier et al. (2023), section 4: the coefficients by elimination. */
    static double kernelPrior(Given x, double t, double bandwidth, double ridge) {
        int n = x.items();
        double[][] y = IntStream.range(0, n)
                .mapToObj(i -> PlainFormulas.unit(x.guide(0, i)))
                .toArray(double[][]::new);
        double[][] k = new double[n][n];
        double[][] left = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                k[i][j] = Math.exp(-Math.pow(PlainFormulas.distance(y[i], y[j]), 2) / 2 / bandwidth / bandwidth);
                left[i][j] = k[i][j] + (i == j ? ridge : 0);
            }
        }
        double[][] coefficients = solved(left, k);
        double[][] centres = new double[n][x.width()];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (double[][] view : x.views()) {
                    double[] u = PlainFormulas.unit(view[j]);
                    for (int f = 0; f < u.length; f++) {
                        centres[i][f] += coefficients[i][j] * u[f] / x.views().length;
                    }
                }
            }
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                sum += j == i ? 0 : Math.exp(-t * Math.pow(PlainFormulas.distance(centres[i], centres[j]), 2));
            }
        }
        return Math.log(sum / n / (n - 1));
    }

    /** a^-1 b of a positive definite a, by Gauss and Jordan. */
    private static double[][] solved(double[][] a, double[][] b) {
        double[][] left = Arrays.stream(a).map(double[]::clone).toArray(double[][]::new);
        double[][] right = Arrays.stream(b).map(double[]::clone).toArray(double[][]::new);
        for (int p = 0; p < left.length; p++) {
            double pivot = left[p][p];
            for (int c = 0; c < left.length; c++) {
                left[p][c] /= pivot;
                right[p][c] /= pivot;
            }
            for (int r = 0; r < left.length; r++) {
                double factor = left[r][p];
                for (int c = 0; c < left.length && r != p; c++) {
                    left[r][c] -= factor * left[p][c];
                    right[r][c] -= factor * right[p][c];
                }
            }
        }
        return right;
    }

    /** Wang and Liu (2021), section 3.3. */
    static double hardContrastive(Given x, double temperature, double share) {
        double[][] z = PlainFormulas.rows(x);
        int n = x.items();
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            int row = i;
            double own = cosine(z[i], z[PlainFormulas.other(i, z)]) / temperature;
            double[] negatives = IntStream.range(0, z.length)
                    .filter(j -> j % n != row % n)
                    .mapToDouble(j -> -cosine(z[row], z[j]) / temperature)
                    .sorted()
                    .toArray();
            double below = Math.exp(own);
            for (int k = 0; k < Math.ceil(share * negatives.length - 1e-9); k++) {
                below += Math.exp(-negatives[k]);
            }
            sum += Math.log(below) - own;
        }
        return sum / z.length;
    }

    /** Chen et al. (2021): exp(v - v held fixed), v of negatives only. */
    static double flatNce(Given x, double temperature) {
        double[][] z = PlainFormulas.rows(x);
        double[][] fixed = PlainFormulas.rows(x.withFixedViews());
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            sum += Math.exp(flat(z, i, temperature) - flat(fixed, i, temperature));
        }
        return sum / z.length;
    }

    private static double flat(double[][] z, int i, double temperature) {
        double own = cosine(z[i], z[PlainFormulas.other(i, z)]) / temperature;
        double below = 0;
        for (int j = 0; j < z.length; j++) {
            below += j % (z.length / 2) == i % (z.length / 2) ? 0 : Math.exp(cosine(z[i], z[j]) / temperature - own);
        }
        return Math.log(below);
    }

    /** Zhang et al. (2022), section 4. */
    static double dualTemperature(Given x, double temperature, double ratio) {
        double[][] z = PlainFormulas.rows(x);
        double[][] fixed = PlainFormulas.rows(x.withFixedViews());
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double weight = (1 - own(fixed, i, temperature * ratio)) / (1 - own(fixed, i, temperature));
            sum -= weight * Math.log(own(z, i, temperature));
        }
        return sum / z.length;
    }

    private static double own(double[][] z, int i, double temperature) {
        double below = 0;
        for (int j = 0; j < z.length; j++) {
            below += j == i ? 0 : Math.exp(cosine(z[i], z[j]) / temperature);
        }
        return Math.exp(cosine(z[i], z[PlainFormulas.other(i, z)]) / temperature) / below;
    }

    /** Arora et al. (2019), section 7. */
    static double curlBlock(Given x) {
        int n = x.items();
        int last = x.views().length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double below = 1;
            for (int j = 0; j < n; j++) {
                double gap = 0;
                for (int v = 1; v < last; v++) {
                    gap += PlainFormulas.dot(x.views()[0][i], x.views()[v][j]) / (last - 1);
                    gap -= PlainFormulas.dot(x.views()[0][i], x.views()[v][i]) / (last - 1);
                }
                below += j == i ? 0 : Math.exp(gap);
            }
            sum += Math.log(below);
        }
        return sum / n;
    }

    /** Every positive against every negative of the batch. */
    static double areaUnderCurve(Given x, double scale, DoubleUnaryOperator step) {
        int n = x.items();
        double sum = 0;
        for (int p = 0; p < n; p++) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    if (i != j) {
                        double gap =
                                cosine(x.views()[0][i], x.views()[1][j]) - cosine(x.views()[0][p], x.views()[1][p]);
                        sum += step.applyAsDouble(scale * gap) / n / n / (n - 1);
                    }
                }
            }
        }
        return sum;
    }

    /** Shvetsova et al. (2023), section 3. */
    static double groCo(Given x, int hardest, double steepness) {
        int n = x.items();
        int count = Math.min(hardest, n - 1);
        double sum = 0;
        for (int v = 0; v < x.views().length; v++) {
            for (int i = 0; i < n; i++) {
                double[] anchor = x.views()[v][i];
                double[] negatives = new double[n - 1];
                int at = 0;
                for (int j = 0; j < n; j++) {
                    if (j != i) {
                        negatives[at++] = cosine(anchor, x.fixed()[v][j]);
                    }
                }
                Arrays.sort(negatives);
                double[] positives = new double[x.views().length - 1];
                at = 0;
                for (int u = 0; u < x.views().length; u++) {
                    if (u != v) {
                        positives[at++] = cosine(anchor, x.fixed()[u][i]);
                    }
                }
                Arrays.sort(positives);
                double[] joined = new double[count + positives.length];
                System.arraycopy(negatives, n - 1 - count, joined, 0, count);
                System.arraycopy(positives, 0, joined, count, positives.length);
                double[][] ends = sorted(joined, steepness);
                for (int e = 0; e < joined.length; e++) {
                    double last = 0;
                    for (int place = count; place < joined.length; place++) {
                        last += ends[e][place];
                    }
                    sum -= e < count ? Math.log(1 - last) / count / 2 : Math.log(last) / positives.length / 2;
                }
            }
        }
        return sum / n / x.views().length;
    }

    /** Where each element ends: a product of the matrices of all layers. */
    private static double[][] sorted(double[] values, double steepness) {
        int m = values.length;
        double[] x = values.clone();
        double[][] ends = new double[m][m];
        for (int e = 0; e < m; e++) {
            ends[e][e] = 1;
        }
        for (int layer = 0; layer < m; layer++) {
            double[][] swap = new double[m][m];
            for (int k = 0; k < m; k++) {
                swap[k][k] = 1;
            }
            for (int a = layer % 2; a + 1 < m; a += 2) {
                double kept = 0.5 + Math.atan(steepness * (x[a + 1] - x[a])) / Math.PI;
                swap[a][a] = kept;
                swap[a + 1][a + 1] = kept;
                swap[a][a + 1] = 1 - kept;
                swap[a + 1][a] = 1 - kept;
            }
            double[] next = new double[m];
            double[][] product = new double[m][m];
            for (int to = 0; to < m; to++) {
                for (int from = 0; from < m; from++) {
                    next[to] += swap[from][to] * x[from];
                    for (int e = 0; e < m; e++) {
                        product[e][to] += ends[e][from] * swap[from][to];
                    }
                }
            }
            x = next;
            ends = product;
        }
        return ends;
    }

    /** Lan et al. (2024), section 4. */
    static double badPairs(Given x, double temperature, double noisy, double faulty) {
        double[] means = Arrays.stream(x.rowsOf("pair-losses"))
                .filter(row -> row[1] > 0)
                .mapToDouble(row -> row[0] / row[1])
                .toArray();
        double mu = Arrays.stream(means).average().orElseThrow();
        double sigma = Math.sqrt(
                Arrays.stream(means).map(m -> (m - mu) * (m - mu)).average().orElseThrow());
        double[][] z = PlainFormulas.rows(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double[] kept = x.rowsOf("pair-losses")[i % x.items()];
            double m = kept[1] == 0 ? mu : kept[0] / kept[1];
            double w = m < mu - noisy * sigma || m > mu + faulty * sigma
                    ? Math.exp(-Math.pow((m - mu) / sigma, 2) / 2)
                    : 1;
            sum -= w * Math.log(own(z, i, temperature));
        }
        return sum / z.length;
    }

    /** Wang et al. (2020), section 3; sizes are neighbours, hops, hard and background. */
    static double invariancePropagation(Given x, double temperature, int[] sizes, double weight, int after) {
        double[][] bank = PlainFormulas.units(x.rowsOf("bank"));
        double sum = 0;
        for (int v = 0; v < x.views().length; v++) {
            for (int i = 0; i < x.items(); i++) {
                int own = i;
                double[] fixed = x.fixed()[v][i];
                Set<Integer> reached = new HashSet<>(Set.of(i));
                for (int hop = 0; hop < sizes[1]; hop++) {
                    for (int from : Set.copyOf(reached)) {
                        sorted(bank, j -> j == from ? 9 : -PlainFormulas.dot(bank[from], bank[j]))
                                .limit(Math.min(sizes[0], bank.length - 1))
                                .forEach(reached::add);
                    }
                }
                Set<Integer> hard = new HashSet<>();
                sorted(bank, j -> PlainFormulas.dot(PlainFormulas.unit(fixed), bank[j]))
                        .filter(j -> j != own && reached.contains(j))
                        .limit(sizes[2])
                        .forEach(hard::add);
                Set<Integer> background = new HashSet<>(hard);
                sorted(bank, j -> -PlainFormulas.dot(PlainFormulas.unit(fixed), bank[j]))
                        .filter(j -> j != own)
                        .limit(sizes[3])
                        .forEach(background::add);
                double all = 0;
                double above = 0;
                double below = 0;
                for (int j = 0; j < bank.length; j++) {
                    double e = Math.exp(cosine(x.views()[v][i], bank[j]) / temperature);
                    all += e;
                    above += hard.contains(j) ? e : 0;
                    below += background.contains(j) ? e : 0;
                }
                sum += Math.log(all) - cosine(x.views()[v][i], bank[i]) / temperature;
                boolean met = x.rowsOf("visits")[i][0] >= after;
                sum += met ? weight * (Math.log(below) - Math.log(above)) : 0;
            }
        }
        return sum / x.items() / x.views().length;
    }

    private static IntStream sorted(double[][] bank, IntToDoubleFunction by) {
        return IntStream.range(0, bank.length)
                .boxed()
                .sorted(Comparator.comparingDouble(by::applyAsDouble))
                .mapToInt(j -> j);
    }

    /** Wen et al. (2025), section 3; latents that slept for 100 batches are dead. */
    static double sparse(Given x, int active, int auxiliary, double dead, double contrast, boolean unit) {
        double[][] rows = PlainFormulas.rows(x);
        double[][] fixed = PlainFormulas.rows(x.withFixedViews());
        for (int i = 0; unit && i < rows.length; i++) {
            rows[i] = PlainFormulas.unit(rows[i]);
            fixed[i] = PlainFormulas.unit(fixed[i]);
        }
        double[] idle = x.rowsOf("idle")[0];
        double[][] codes = new double[rows.length][];
        double value = 0;
        for (int i = 0; i < rows.length; i++) {
            double[] a = latents(x, rows[i]);
            codes[i] = kept(a, active);
            value += squares(rest(x, fixed[i], codes[i], true)) / rows.length;
            value += squares(rest(x, fixed[i], kept(a, 4 * active), true)) / rows.length / 8;
            double[] asleep = a.clone();
            Arrays.setAll(asleep, k -> idle[k] >= 100 ? a[k] : 0);
            double[] apart = rest(x, fixed[i], kept(latents(x, fixed[i]), active), true);
            value += dead * squares(rest(x, apart, kept(asleep, auxiliary), false)) / rows.length;
        }
        int n = x.items();
        for (int i = 0; i < n; i++) {
            int from = x.views().length > 1 ? n : 0;
            double[] logits = new double[n];
            for (int j = 0; j < n; j++) {
                logits[j] = PlainFormulas.dot(codes[i], codes[from + j]);
            }
            value += contrast * (logSumExp(logits) - logits[i]) / n;
        }
        return value;
    }

    private static double[] latents(Given x, double[] row) {
        double[] a = new double[x.rowsOf("encoder").length];
        for (int k = 0; k < a.length; k++) {
            a[k] = x.rowsOf("latent-bias")[k][0];
            for (int f = 0; f < row.length; f++) {
                a[k] += x.rowsOf("encoder")[k][f] * (row[f] - x.rowsOf("reading-bias")[0][f]);
            }
            a[k] = Math.max(0, a[k]);
        }
        return a;
    }

    private static double[] kept(double[] a, int count) {
        double[] sorted = a.clone();
        Arrays.sort(sorted);
        double least = sorted[Math.max(0, a.length - count)];
        return Arrays.stream(a).map(value -> value >= least ? value : 0).toArray();
    }

    private static double[] rest(Given x, double[] row, double[] code, boolean biased) {
        double[] rest = row.clone();
        for (int f = 0; f < rest.length; f++) {
            rest[f] -= biased ? x.rowsOf("reading-bias")[0][f] : 0;
            for (int k = 0; k < code.length; k++) {
                rest[f] -= code[k] * x.rowsOf("decoder")[k][f];
            }
        }
        return rest;
    }

    private static double squares(double[] row) {
        return PlainFormulas.dot(row, row);
    }

    /** How much a candidate row belongs to an anchor row, of all views one after another. */
    interface Degrees {
        double of(int anchor, int candidate);
    }

    private static double gap(Given x, int a, int b) {
        return Math.abs(x.targets()[a % x.items()] - x.targets()[b % x.items()]);
    }

    static Degrees labelKernel(Given x, double bandwidth) {
        return (a, b) -> Math.exp(-Math.pow(gap(x, a, b) / bandwidth, 2) / 2);
    }

    private static double guide(Given x, int a, int b) {
        int n = x.items();
        return cosine(x.guide(a / n, a % n), x.guide(b / n, b % n));
    }

    static Degrees guideSoftmax(Given x, double temperature) {
        return (a, b) -> Math.exp((guide(x, a, b) - 1) / temperature);
    }

    static Degrees guideNeighbours(Given x, int count) {
        int rows = x.items() * x.views().length;
        return (a, b) -> {
            long nearer = IntStream.range(0, rows)
                    .filter(c -> c != a && c != b && guide(x, a, c) > guide(x, a, b))
                    .count();
            return nearer < count ? 1 : 0;
        };
    }

    static double degrees(Given x, double temperature, Degrees degrees) {
        return degrees(x, temperature, 0, degrees);
    }

    /** sum p log(p / q), with p from degrees and a leak. */
    static double degrees(Given x, double temperature, double leak, Degrees degrees) {
        return degrees(x, leak, degrees, (a, b) -> cosine(a, b) / temperature);
    }

    /** How near two rows are. */
    interface Nearness {
        double of(double[] one, double[] other);
    }

    static double negativeSquaredDistance(double[] one, double[] other) {
        double sum = 0;
        for (int k = 0; k < one.length; k++) {
            sum -= (one[k] - other[k]) * (one[k] - other[k]);
        }
        return sum;
    }

    static double student(double[] one, double[] other) {
        return -Math.log(1 - negativeSquaredDistance(one, other));
    }

    static double degrees(Given x, double leak, Degrees degrees, Nearness near) {
        double[][] z = PlainFormulas.rows(x);
        double value = 0;
        for (int i = 0; i < z.length; i++) {
            double told = 0;
            double below = 0;
            for (int j = 0; j < z.length; j++) {
                told += j == i ? 0 : degrees.of(i, j);
                below += j == i ? 0 : Math.exp(near.of(z[i], z[j]));
            }
            for (int j = 0; j < z.length; j++) {
                if (j != i) {
                    double p = (1 - leak) * degrees.of(i, j) / told + leak / (z.length - 1);
                    value += p == 0 ? 0 : p * (Math.log(p) - near.of(z[i], z[j]) + Math.log(below));
                }
            }
        }
        return value / z.length;
    }

    /** Jiang et al. (2022): SupCon whose negatives are weighted by exp(beta s) over its mean. */
    static double hardSupCon(Given x, double temperature, double beta) {
        double[][] z = PlainFormulas.rows(x);
        int[] labels = PlainFormulas.labels(x);
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < z.length; i++) {
            double mean = 0;
            int negatives = 0;
            int positives = 0;
            for (int j = 0; j < z.length; j++) {
                double s = cosine(z[i], z[j]) / temperature;
                negatives += labels[j] == labels[i] ? 0 : 1;
                positives += j != i && labels[j] == labels[i] ? 1 : 0;
                mean += labels[j] == labels[i] ? 0 : Math.exp(beta * s);
            }
            if (positives == 0) {
                continue;
            }
            double below = 0;
            double above = 0;
            for (int j = 0; j < z.length; j++) {
                double s = cosine(z[i], z[j]) / temperature;
                if (labels[j] != labels[i]) {
                    below += Math.exp(s) * Math.exp(beta * s) / (mean / negatives);
                } else if (j != i) {
                    below += Math.exp(s);
                    above += s / positives;
                }
            }
            anchors++;
            sum += Math.log(below) - above;
        }
        return sum / anchors;
    }

    /** Robinson et al. (2021) over a queue. */
    static double hardMoCo(Given x, double temperature, double beta) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double own = cosine(x.views()[0][i], x.fixed()[1][i]) / temperature;
            double hard = 0;
            double mean = 0;
            for (double[] negative : x.rowsOf("queue")) {
                double s = cosine(x.views()[0][i], negative) / temperature;
                hard += Math.exp((1 + beta) * s);
                mean += Math.exp(beta * s) / x.rowsOf("queue").length;
            }
            sum += Math.log(Math.exp(own) + hard / mean) - own;
        }
        return sum / x.items();
    }

    /** Dai et al. (2021): the distance of labels is added to the score of a negative. */
    static double labelDistance(Given x, double temperature, double slope) {
        double[][] z = PlainFormulas.rows(x);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            double below = 0;
            for (int j = 0; j < z.length; j++) {
                below += j == i ? 0 : Math.exp(cosine(z[i], z[j]) / temperature + slope * gap(x, i, j));
            }
            sum += Math.log(below) - cosine(z[i], z[PlainFormulas.other(i, z)]) / temperature;
        }
        return sum / z.length;
    }

    /** Yi et al. (2019), eq. 4: every score less the logarithm of the candidate's propensity. */
    static double samplingBias(Given x, double temperature) {
        double sum = 0;
        for (int i = 0; i < x.items(); i++) {
            double below = 0;
            for (int j = 0; j < x.items(); j++) {
                below += Math.exp(cosine(x.views()[0][i], x.views()[1][j]) / temperature) / x.targets()[j];
            }
            double own = cosine(x.views()[0][i], x.views()[1][i]) / temperature - Math.log(x.targets()[i]);
            sum += Math.log(below) - own;
        }
        return sum / x.items();
    }

    /** Wang et al. (2024): heads of one width, each with a temperature for each pair of rows. */
    static double adaptiveHeads(Given x, int heads, double least, double most, double regularisation, double share) {
        int n = x.items();
        int width = x.width() / heads;
        double sum = 0;
        for (int h = 0; h < heads; h++) {
            double[] map = x.rowsOf("temperature-map")[h];
            double[][] rows = new double[2 * n][];
            for (int i = 0; i < 2 * n; i++) {
                rows[i] = PlainFormulas.unit(Arrays.copyOfRange(x.views()[i / n][i % n], h * width, (h + 1) * width));
            }
            for (int i = 0; i < 2 * n; i++) {
                int partner = (i + n) % (2 * n);
                double own = PlainFormulas.dot(rows[i], rows[partner])
                        / pairTemperature(rows[i], rows[partner], map, least, most);
                double[] negatives = new double[2 * n - 2];
                int at = 0;
                for (int j = 0; j < 2 * n; j++) {
                    if (j != i && j != partner) {
                        negatives[at++] = PlainFormulas.dot(rows[i], rows[j])
                                / pairTemperature(rows[i], rows[j], map, least, most);
                    }
                }
                Arrays.sort(negatives);
                int kept = (int) Math.ceil(share * negatives.length);
                double below = Math.exp(own);
                for (int k = negatives.length - kept; k < negatives.length; k++) {
                    below += Math.exp(negatives[k]);
                }
                double tau = pairTemperature(rows[i], rows[partner], map, least, most);
                sum += Math.log(below) - own + regularisation * (width / 2.0 * Math.log(tau) + 1 / tau);
            }
        }
        return sum / (2 * n * heads);
    }

    private static double pairTemperature(double[] a, double[] b, double[] map, double least, double most) {
        double logit = map[a.length];
        for (int k = 0; k < a.length; k++) {
            logit += map[k] * a[k] * b[k];
        }
        return least + (most - least) / (1 + Math.exp(-logit));
    }

    /** Wu et al. (2024): each row of the first view with a drawn row of the second, in the subspace of their classes. */
    static double gatedPairs(Given x, double temperature, double arbitrary, boolean gated) {
        int n = x.items();
        int count = (int) Math.round(arbitrary * n);
        int[] drawn = RandomStream.of(0, "pairs").permutation(n);
        int[] order = RandomStream.of(0, "partners").permutation(count);
        int[] partner = IntStream.range(0, n).toArray();
        for (int k = 0; k < count; k++) {
            partner[drawn[k]] = drawn[order[k]];
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            int a = Math.min(x.labels()[i], x.labels()[partner[i]]);
            int b = Math.max(x.labels()[i], x.labels()[partner[i]]);
            double[] gate = new double[x.width()];
            for (int k = 0; k < gate.length; k++) {
                gate[k] = gated ? 1 / (1 + Math.exp(-x.rowsOf("gates")[b * (b + 1) / 2 + a][k])) : 1;
            }
            sum += inSubspace(x, gate, 0, i, 1, partner[i], temperature)
                    + inSubspace(x, gate, 1, partner[i], 0, i, temperature);
        }
        return sum / (2 * n);
    }

    private static double inSubspace(Given x, double[] gate, int v, int i, int u, int p, double temperature) {
        double[] anchor = gated(x.views()[v][i], gate);
        double below = 0;
        for (int w = 0; w < 2; w++) {
            for (int j = 0; j < x.items(); j++) {
                below += w == v && j == i ? 0 : Math.exp(cosine(anchor, gated(x.views()[w][j], gate)) / temperature);
            }
        }
        return Math.log(below) - cosine(anchor, gated(x.views()[u][p], gate)) / temperature;
    }

    private static double[] gated(double[] row, double[] gate) {
        double[] kept = new double[row.length];
        Arrays.setAll(kept, k -> gate[k] * row[k]);
        return kept;
    }
}
