package io.chiaro.search.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UmapTest {

    private static final int NEAREST = 10;

    /** Clouds of points of length one around random directions. */
    private static float[][] clouds(int clouds, int each, int dimension, double width) {
        float[][] vectors = new float[clouds * each][dimension];
        for (int i = 0; i < vectors.length; i++) {
            RandomStream centre = RandomStream.of(1, "centre", i % clouds);
            RandomStream own = RandomStream.of(2, "own", i);
            double length = 0;
            for (int d = 0; d < dimension; d++) {
                vectors[i][d] = (float) (centre.nextGaussian() + width * own.nextGaussian());
                length += (double) vectors[i][d] * vectors[i][d];
            }
            for (int d = 0; d < dimension; d++) {
                vectors[i][d] /= (float) Math.sqrt(length);
            }
        }
        return vectors;
    }

    /** The numbers of the nearest others, by a plain loop in doubles. */
    private static int[] nearest(int point, int n, Comparator<Integer> byDistance) {
        return IntStream.range(0, n)
                .filter(other -> other != point)
                .boxed()
                .sorted(byDistance.thenComparing(Comparator.naturalOrder()))
                .limit(NEAREST)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double squared(double[] a, double[] b) {
        return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            sum += (double) a[d] * b[d];
        }
        return sum;
    }

    /** The share of the ten nearest in space that are among the ten nearest in the plane. */
    private static double kept(float[][] vectors, double[][] places) {
        int found = 0;
        for (int i = 0; i < vectors.length; i++) {
            int point = i;
            int[] space =
                    nearest(i, vectors.length, Comparator.comparingDouble(j -> -cosine(vectors[point], vectors[j])));
            int[] plane =
                    nearest(i, vectors.length, Comparator.comparingDouble(j -> squared(places[point], places[j])));
            found += (int) Arrays.stream(space)
                    .filter(j -> Arrays.stream(plane).anyMatch(k -> k == j))
                    .count();
        }
        return found / (double) (NEAREST * vectors.length);
    }

    /** The share of points whose nearest in the plane is of the same cloud. */
    private static double together(double[][] places, int clouds) {
        int same = 0;
        for (int i = 0; i < places.length; i++) {
            int point = i;
            int[] plane = nearest(i, places.length, Comparator.comparingDouble(j -> squared(places[point], places[j])));
            same += plane[0] % clouds == i % clouds ? 1 : 0;
        }
        return same / (double) places.length;
    }

    @Test
    void neighbours_are_kept_better_than_by_the_principal_plane_and_far_better_than_by_chance() {
        float[][] vectors = clouds(12, 30, 32, 0.5);

        double[][] places = Umap.layout(vectors, 42);
        double[][] plane = PrincipalPlane.of(vectors, 42);
        RandomStream random = RandomStream.of(3, "chance");
        double[][] chance = new double[vectors.length][2];
        for (double[] place : chance) {
            place[0] = random.nextDouble();
            place[1] = random.nextDouble();
        }

        assertThat(kept(vectors, places)).isGreaterThan(1.5 * kept(vectors, plane));
        assertThat(kept(vectors, places)).isGreaterThan(8 * kept(vectors, chance));
        assertThat(together(places, 12)).isGreaterThan(0.98);
        assertThat(together(plane, 12)).isLessThan(0.9);
    }

    @Test
    void the_same_seed_gives_the_same_bits_on_one_thread_and_on_several_and_another_seed_others() throws Exception {
        float[][] vectors = clouds(5, 40, 19, 0.4);
        double[][] first = Umap.layout(vectors, 7);
        ForkJoinPool alone = new ForkJoinPool(1);
        try {
            assertThat(alone.submit(() -> Umap.layout(vectors, 7)).get()).isDeepEqualTo(first);
        } finally {
            alone.shutdown();
        }
        assertThat(Arrays.deepEquals(Umap.layout(vectors, 8), first)).isFalse();
    }

    @Test
    void the_table_of_neighbours_is_that_of_a_plain_loop_also_where_blocks_are_not_full() {
        float[][] vectors = clouds(7, 43, 29, 0.7);
        NeighbourTable table = NeighbourTable.of(vectors, NEAREST);
        for (int i = 0; i < vectors.length; i++) {
            int point = i;
            int[] expected =
                    nearest(i, vectors.length, Comparator.comparingDouble(j -> -cosine(vectors[point], vectors[j])));
            for (int j = 0; j < NEAREST; j++) {
                // Where two are equally far but for a rounding, either may stand first.
                double distance = 1 - cosine(vectors[i], vectors[expected[j]]);
                assertThat((double) table.distances()[i][j]).isCloseTo(distance, within(1e-5));
                assertThat(1 - cosine(vectors[i], vectors[table.neighbours()[i][j]]))
                        .isCloseTo(distance, within(1e-5));
            }
        }
    }

    @Test
    void a_row_of_the_fuzzy_graph_sums_to_the_logarithm_of_its_neighbours_and_the_graph_is_symmetric() {
        float[][] vectors = clouds(4, 30, 16, 0.6);
        NeighbourTable table = NeighbourTable.of(vectors, 15);
        for (float[] distances : table.distances()) {
            double sum = 0;
            for (float weight : FuzzyGraph.memberships(distances)) {
                sum += weight;
            }
            assertThat(sum).isCloseTo(Math.log(15) / Math.log(2), within(1e-3));
        }
        FuzzyGraph graph = FuzzyGraph.of(table);
        double[][] dense = new double[vectors.length][vectors.length];
        for (int e = 0; e < graph.weights().length; e++) {
            dense[graph.heads()[e]][graph.tails()[e]] += graph.weights()[e];
        }
        double[][] rows = new double[vectors.length][vectors.length];
        for (int i = 0; i < rows.length; i++) {
            float[] row = FuzzyGraph.memberships(table.distances()[i]);
            for (int j = 0; j < row.length; j++) {
                rows[i][table.neighbours()[i][j]] = row[j];
            }
        }
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                assertThat(dense[i][j]).isCloseTo(rows[i][j] + rows[j][i] - rows[i][j] * rows[j][i], within(1e-6));
            }
        }
    }

    /** Three hundred places from 0 to 3, as the authors' program fits it. */
    private static double misfit(double a, double b) {
        double sum = 0;
        for (int i = 0; i < 300; i++) {
            double x = 3.0 * i / 299;
            double wanted = x < Umap.LEAST_DISTANCE ? 1 : Math.exp(-(x - Umap.LEAST_DISTANCE));
            double error = 1 / (1 + a * Math.pow(x, 2 * b)) - wanted;
            sum += error * error;
        }
        return sum;
    }

    @Test
    void the_two_constants_of_the_curve_are_its_least_squares_fit() {
        double best = misfit(Umap.A, Umap.B);
        for (double step : new double[] {-1e-3, 1e-3}) {
            assertThat(misfit(Umap.A + step, Umap.B)).isGreaterThan(best);
            assertThat(misfit(Umap.A, Umap.B + step)).isGreaterThan(best);
        }
    }

    @Test
    void few_points_and_equal_points_have_finite_places() {
        for (int n : new int[] {0, 1, 2, 3, 5}) {
            assertThat(Umap.layout(clouds(1, n, 8, 0.5), 1)).hasDimensions(n, n == 0 ? 0 : 2);
        }
        float[][] equal = new float[40][4];
        for (float[] vector : equal) {
            vector[0] = 1;
        }
        for (double[] place : Umap.layout(equal, 1)) {
            assertThat(place[0]).isFinite();
            assertThat(place[1]).isFinite();
        }
    }
}
