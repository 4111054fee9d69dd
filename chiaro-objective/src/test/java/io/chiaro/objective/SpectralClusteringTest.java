package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What contrast finds on a graph of augmentations are the eigenvectors of its Laplacian (HaoChen et al., "Provable Guarantees for
 * Self-Supervised Deep Learning with Spectral Contrastive Loss", NeurIPS 2021, section 3.2; Tan et al., "Contrastive Learning Is
 * Spectral Clustering On Similarity Graph", ICLR 2024, theorem 5). An augmentation is a node, two are a pair as often as their edge
 * weighs, and embeddings are free numbers that take steps down the gradient.
 */
@ExtendWith(LeakCheck.class)
class SpectralClusteringTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Clusters of so many nodes; a node is also a pair with itself. Whole weights, which differ from edge to edge. */
    private static int[][] graph(SplittableRandom random, int clusters, int size) {
        int[][] weights = new int[clusters * size][clusters * size];
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j <= i; j++) {
                weights[i][j] = i / size == j / size ? 3 + random.nextInt(4) : random.nextInt(2);
                weights[j][i] = weights[i][j];
            }
        }
        return weights;
    }

    /** Each edge as often as it weighs, in both directions. */
    private static List<int[]> pairs(int[][] weights) {
        List<int[]> pairs = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j < weights.length; j++) {
                for (int k = 0; k < weights[i][j]; k++) {
                    pairs.add(new int[] {i, j});
                }
            }
        }
        return pairs;
    }

    private static Given batch(double[][] nodes, List<int[]> pairs) {
        double[][][] views = new double[2][pairs.size()][];
        for (int p = 0; p < pairs.size(); p++) {
            views[0][p] = nodes[pairs.get(p)[0]].clone();
            views[1][p] = nodes[pairs.get(p)[1]].clone();
        }
        return Given.of(views, new int[pairs.size()], new double[pairs.size()], Map.of());
    }

    private static double[][] random(SplittableRandom random, int nodes, int width) {
        double[][] rows = new double[nodes][width];
        for (double[] row : rows) {
            Arrays.setAll(row, k -> 0.3 * random.nextGaussian());
        }
        return rows;
    }

    private static double[][] descended(double[][] start, List<int[]> pairs, String recipe, double rate, int steps) {
        double[][] nodes = Arrays.stream(start).map(double[]::clone).toArray(double[][]::new);
        Objective objective = Recipes.named(recipe).create();
        for (int step = 0; step < steps; step++) {
            double[][][] gradients = batch(nodes, pairs).evaluate(objective).gradients();
            for (int p = 0; p < pairs.size(); p++) {
                for (int side = 0; side < 2; side++) {
                    double[] node = nodes[pairs.get(p)[side]];
                    double[] gradient = gradients[side][p];
                    Arrays.setAll(node, k -> node[k] - rate * gradient[k]);
                }
            }
        }
        return nodes;
    }

    private static double[] degrees(int[][] weights) {
        return Arrays.stream(weights)
                .mapToDouble(row -> Arrays.stream(row).sum())
                .toArray();
    }

    /** Eigenvectors of D^-1/2 W D^-1/2, those of the largest eigenvalues first: of the normalised Laplacian the smallest. */
    private static double[][] eigenvectors(int[][] weights, int count) {
        int n = weights.length;
        double[] degrees = degrees(weights);
        double[] normalised = new double[n * n];
        Arrays.setAll(normalised, at -> weights[at / n][at % n] / Math.sqrt(degrees[at / n] * degrees[at % n]));
        try (Scope scope = Scope.open("test")) {
            Tensor.Eigen eigen = Tensor.of(normalised, n, n).symmetricEigen();
            double[] vectors = eigen.vectors().contiguous().toDoubles();
            double[] values = eigen.values().toDoubles();
            assertThat(values[n - 1]).isCloseTo(1, within(1e-9));
            // A gap behind them, or they would be no subspace of their own.
            assertThat(values[n - count] - values[n - count - 1]).isGreaterThan(0.2);
            double[][] first = new double[count][n];
            for (int k = 0; k < count; k++) {
                int column = n - 1 - k;
                Arrays.setAll(first[k], i -> vectors[i * n + column]);
            }
            return first;
        }
    }

    /** How much of each vector of an orthonormal basis lies in the span of the columns, each node scaled by the root of its degree. */
    private static double[] held(double[][] basis, double[][] nodes, double[] degrees) {
        List<double[]> span = new ArrayList<>();
        for (int k = 0; k < nodes[0].length; k++) {
            int column = k;
            double[] rest = IntStream.range(0, nodes.length)
                    .mapToDouble(i -> Math.sqrt(degrees[i]) * nodes[i][column])
                    .toArray();
            for (double[] before : span) {
                double along = PlainFormulas.dot(rest, before);
                Arrays.setAll(rest, i -> rest[i] - along * before[i]);
            }
            double length = Math.sqrt(PlainFormulas.dot(rest, rest));
            Arrays.setAll(rest, i -> rest[i] / length);
            span.add(rest);
        }
        return Arrays.stream(basis)
                .mapToDouble(vector -> Math.sqrt(span.stream()
                        .mapToDouble(one -> Math.pow(PlainFormulas.dot(vector, one), 2))
                        .sum()))
                .toArray();
    }

    @Test
    @Proves("spectral")
    void the_spectral_objective_spans_the_first_eigenvectors_of_the_laplacian() {
        SplittableRandom random = new SplittableRandom(3);
        int[][] weights = graph(random, 3, 3);
        List<int[]> pairs = pairs(weights);
        double[][] basis = eigenvectors(weights, 3);
        double[][] start = random(random, 9, 3);
        double[][] learned = descended(start, pairs, "spectral", 1, 400);
        assertThat(Arrays.stream(held(basis, learned, degrees(weights))).min().orElse(0))
                .isGreaterThan(0.999);
        assertThat(Arrays.stream(held(basis, start, degrees(weights))).min().orElse(1))
                .isLessThan(0.9);
    }

    @Test
    void what_the_gaussian_kernel_attracts_is_the_trace_with_the_laplacian() {
        SplittableRandom random = new SplittableRandom(4);
        int[][] weights = graph(random, 2, 3);
        List<int[]> pairs = pairs(weights);
        double[][] nodes =
                Arrays.stream(random(random, 6, 4)).map(PlainFormulas::unit).toArray(double[][]::new);
        double temperature = 0.4;
        double found = batch(nodes, pairs)
                .evaluate(Recipes.named("nt-xent").with("temperature", "0.4").create())
                .loss();
        // Z^T (D - W) Z of the graph, whose edges are each twice among the pairs.
        double trace = 0;
        double[] degrees = degrees(weights);
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 6; j++) {
                trace += ((i == j ? degrees[i] : 0) - weights[i][j]) * PlainFormulas.dot(nodes[i], nodes[j]);
            }
        }
        int rows = 2 * pairs.size();
        double repulsion = 0;
        for (int i = 0; i < rows; i++) {
            double below = 0;
            for (int j = 0; j < rows; j++) {
                double distance = PlainFormulas.distance(row(nodes, pairs, i), row(nodes, pairs, j));
                below += i == j ? 0 : Math.exp(-distance * distance / (2 * temperature));
            }
            repulsion += Math.log(below) / rows;
        }
        assertThat(found).isCloseTo(2 * trace / (rows * temperature) + repulsion, within(1e-9));
    }

    private static double[] row(double[][] nodes, List<int[]> pairs, int row) {
        return nodes[pairs.get(row % pairs.size())[row / pairs.size()]];
    }

    @Test
    void kernel_contrast_draws_nodes_to_the_side_where_the_second_eigenvector_has_their_sign() {
        SplittableRandom random = new SplittableRandom(5);
        int[][] weights = graph(random, 2, 4);
        List<int[]> pairs = pairs(weights);
        double[] second = eigenvectors(weights, 2)[1];
        for (String recipe : List.of("kernel-info-nce", "nt-xent")) {
            double[][] learned = descended(random(random, 8, 2), pairs, recipe, 1, 200);
            for (int i = 0; i < 8; i++) {
                assertThat(PlainFormulas.cosine(learned[i], mean(learned, second, i, 1)))
                        .as("%s, node %d beside the mean of the others on its side", recipe, i)
                        .isGreaterThan(PlainFormulas.cosine(learned[i], mean(learned, second, i, -1)));
            }
        }
    }

    /** The mean direction of the other nodes at which a vector has the sign that it has at one, or the opposite one. */
    private static double[] mean(double[][] nodes, double[] signs, int node, int side) {
        double[] mean = new double[nodes[0].length];
        for (int i = 0; i < nodes.length; i++) {
            if (i != node && signs[i] * signs[node] * side > 0) {
                double[] unit = PlainFormulas.unit(nodes[i]);
                Arrays.setAll(mean, k -> mean[k] + unit[k]);
            }
        }
        return mean;
    }
}
