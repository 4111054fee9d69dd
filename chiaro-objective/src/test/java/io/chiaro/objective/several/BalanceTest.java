package io.chiaro.objective.several;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import org.junit.jupiter.api.Test;

/** The shares, against plain vectors: what the sum of shared gradients must be, written out from the papers. */
class BalanceTest {

    private static final double[] NONE = {};

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[][] products(double[][] gradients) {
        double[][] products = new double[gradients.length][gradients.length];
        for (int s = 0; s < gradients.length; s++) {
            for (int t = 0; t < gradients.length; t++) {
                products[s][t] = dot(gradients[s], gradients[t]);
            }
        }
        return products;
    }

    private static double[] sum(double[] shares, double[][] gradients) {
        double[] sum = new double[gradients[0].length];
        for (int t = 0; t < shares.length; t++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += shares[t] * gradients[t][i];
            }
        }
        return sum;
    }

    private static double[][] random(java.util.random.RandomGenerator random, int count, int width) {
        double[][] gradients = new double[count][width];
        for (double[] gradient : gradients) {
            double scale = Math.exp(random.nextGaussian());
            for (int i = 0; i < width; i++) {
                gradient[i] = scale * random.nextGaussian();
            }
        }
        return gradients;
    }

    private static void assertClose(double[] found, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-9));
        }
    }

    /** Algorithm 1 of Yu et al. on the vectors themselves. */
    private static double[] surgery(double[][] gradients) {
        double[] sum = new double[gradients[0].length];
        for (int i = 0; i < gradients.length; i++) {
            double[] p = gradients[i].clone();
            for (int offset = 1; offset < gradients.length; offset++) {
                double[] other = gradients[(i + offset) % gradients.length];
                double along = dot(p, other);
                if (along < 0) {
                    for (int k = 0; k < p.length; k++) {
                        p[k] -= along / dot(other, other) * other[k];
                    }
                }
            }
            for (int k = 0; k < p.length; k++) {
                sum[k] += p[k];
            }
        }
        return sum;
    }

    @Test
    void surgery_on_products_is_surgery_on_vectors() {
        Property.check(100, random -> {
            double[][] gradients = random(random, 2 + random.nextInt(4), 5);
            double[] shares = Balance.PCGRAD.of(NONE, products(gradients), NONE).gradient();
            assertClose(sum(shares, gradients), surgery(gradients));
        });
    }

    @Test
    void two_conflicting_gradients_lose_their_parts_against_each_other() {
        double[][] gradients = {{2, 0}, {-1, 1}};
        double[] shares = Balance.PCGRAD.of(NONE, products(gradients), NONE).gradient();
        // (2, 0) without its part along (-1, 1) is (1, 1); (-1, 1) without its part along (2, 0) is (0, 1).
        assertClose(sum(shares, gradients), new double[] {1, 2});
    }

    @Test
    void gradients_that_agree_are_added_as_they_are() {
        double[][] gradients = {{2, 0}, {1, 1}};
        assertThat(Balance.PCGRAD.of(NONE, products(gradients), NONE).gradient())
                .containsExactly(1, 1);
    }

    @Test
    void the_shortest_mean_of_two_has_its_closed_form() {
        Property.check(100, random -> {
            double[][] g = random(random, 2, 4);
            double apart = dot(g[0], g[0]) - 2 * dot(g[0], g[1]) + dot(g[1], g[1]);
            double first = Math.max(0, Math.min(1, (dot(g[1], g[1]) - dot(g[0], g[1])) / apart));
            assertClose(Balance.MGDA.of(NONE, products(g), NONE).gradient(), new double[] {first, 1 - first});
        });
    }

    @Test
    void of_orthogonal_gradients_each_counts_by_one_over_its_square() {
        double[][] gradients = {{2, 0, 0}, {0, 1, 0}, {0, 0, 4}};
        double all = 1 / 4.0 + 1 + 1 / 16.0;
        assertClose(
                Balance.MGDA.of(NONE, products(gradients), NONE).gradient(),
                new double[] {1 / 4.0 / all, 1 / all, 1 / 16.0 / all});
    }

    @Test
    void the_shortest_mean_lets_no_objective_rise() {
        Property.check(100, random -> {
            double[][] gradients = random(random, 2 + random.nextInt(4), 6);
            double[] shares = Balance.MGDA.of(NONE, products(gradients), NONE).gradient();
            double[] mean = sum(shares, gradients);
            double whole = 0;
            for (int t = 0; t < shares.length; t++) {
                assertThat(shares[t]).isGreaterThanOrEqualTo(0);
                whole += shares[t];
                // The condition of optimality: g_t . m >= |m|^2.
                assertThat(dot(gradients[t], mean)).isGreaterThanOrEqualTo(dot(mean, mean) - 1e-6);
            }
            assertThat(whole).isCloseTo(1, within(1e-9));
        });
    }

    @Test
    void equal_or_absent_gradients_have_shares_too() {
        double[][] same = {{1, 2}, {1, 2}};
        assertClose(Balance.MGDA.of(NONE, products(same), NONE).gradient(), new double[] {0.5, 0.5});
        double[][] absent = {{0, 0}, {1, 0}};
        assertThat(Balance.MGDA.of(NONE, products(absent), NONE).gradient()[0]).isCloseTo(1, within(1e-9));
        assertThat(Balance.PCGRAD.of(NONE, products(absent), NONE).gradient()).containsExactly(1, 1);
    }

    @Test
    void uncertainty_weighs_by_the_inverse_of_the_variance() {
        Balance.Shares shares =
                Balance.UNCERTAINTY.of(new double[] {3, 5}, new double[2][2], new double[] {0, Math.log(4)});
        assertClose(shares.gradient(), new double[] {0.5, 0.125});
        assertThat(shares.constant()).isCloseTo(Math.log(4) / 2, within(1e-12));
    }
}
