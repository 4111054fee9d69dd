package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TemperaturePolicyTest {

    private static Objective nt(String... slots) {
        return with("nt-xent", slots);
    }

    private static Objective with(String recipe, String... slots) {
        Map<String, String> told = new LinkedHashMap<>();
        for (int i = 0; i < slots.length; i += 2) {
            told.put(slots[i], slots[i + 1]);
        }
        return Recipes.named(recipe).with(told).create();
    }

    @Test
    void every_record_has_its_own_temperature_in_any_contrast_of_rows() {
        Property.check(4, random -> {
            Given given = Given.random(random, 2, 6, 5);
            double[][] kept = given.rowsOf("temperatures");
            double sum = 0;
            for (int a = 0; a < 12; a++) {
                double tau = kept[a % 6][0];
                double below = 0;
                for (int c = 0; c < 12; c++) {
                    below += c == a ? 0 : Math.exp(cosine(given, a, c) / tau);
                }
                sum += Math.log(below) - cosine(given, a, (a + 6) % 12) / tau;
            }
            assertThat(given.evaluate(nt("temperature-policy", "per-item")).loss())
                    .isCloseTo(sum / 12, within(1e-9));
            double crossed = 0;
            for (int a = 0; a < 6; a++) {
                double tau = kept[a][0];
                double below = 0;
                for (int c = 6; c < 12; c++) {
                    below += Math.exp(cosine(given, a, c) / tau);
                }
                crossed += Math.log(below) - cosine(given, a, a + 6) / tau;
            }
            assertThat(given.evaluate(nt("temperature-policy", "per-item", "pairing", "cross"))
                            .loss())
                    .isCloseTo(crossed / 6, within(1e-9));
        });
    }

    @Test
    void a_temperature_moves_by_the_mean_slope_of_its_anchors() {
        Property.check(4, random -> {
            Given given = Given.random(random, 2, 5, 4);
            Objective objective =
                    nt("temperature-policy", "per-item", "eta", "0.1", "beta", "0.4", "rho", "0.2", "most", "5");
            try (Scope scope = Scope.open("test")) {
                double[] moved = Objects.requireNonNull(
                                given.evaluation(objective).remembered().get("temperatures"))
                        .toDoubles();
                for (int i = 0; i < 5; i++) {
                    double tau = given.rowsOf("temperatures")[i][0];
                    double slope = 0;
                    for (int a : new int[] {i, i + 5}) {
                        double u = 0;
                        for (int c = 0; c < 10; c++) {
                            u += c % 5 == i ? 0 : Math.exp(cosine(given, a, c) / tau) / 8;
                        }
                        slope += Math.log(u) / 2;
                        for (int c = 0; c < 10; c++) {
                            double s = cosine(given, a, c) / tau;
                            slope -= c % 5 == i ? 0 : Math.exp(s) / u * s / 8 / 2;
                        }
                    }
                    double v = 0.6 * given.rowsOf("temperatures")[i][1] + 0.4 * (slope + 0.2);
                    assertThat(moved[2 * i + 1]).isCloseTo(v, within(1e-9));
                    assertThat(moved[2 * i]).isCloseTo(Math.min(5, Math.max(0.05, tau - 0.1 * v)), within(1e-9));
                }
            }
        });
    }

    @Test
    void a_temperature_that_knows_how_near_positives_are_is_one_number_for_the_batch() {
        Property.check(4, random -> {
            Given given = Given.random(random, 2, 7, 5);
            double sum = 0;
            int anchors = 0;
            for (int a = 0; a < 14; a++) {
                double own = 0;
                int positives = 0;
                for (int c = 0; c < 14; c++) {
                    if (c != a && given.labels()[a % 7] == given.labels()[c % 7]) {
                        own += cosine(given, a, c);
                        positives++;
                    }
                }
                sum += positives == 0 ? 0 : own / positives;
                anchors += positives == 0 ? 0 : 1;
            }
            double tau = 0.3 * (1 + 0.5 * (sum / anchors - 0.1));
            for (String recipe : new String[] {"sup-con", "circle", "hard-sup-con"}) {
                Given.Found fixed = given.evaluate(with(recipe, "temperature", Double.toString(tau)));
                Given.Found aware = given.evaluate(with(
                        recipe,
                        "temperature",
                        "0.3",
                        "temperature-policy",
                        "model-aware",
                        "alpha",
                        "0.5",
                        "threshold",
                        "0.1"));
                assertThat(aware.loss()).as(recipe).isCloseTo(fixed.loss(), within(1e-9));
                for (int i = 0; i < 7; i++) {
                    assertThat(aware.gradients()[1][i])
                            .as(recipe)
                            .containsExactly(fixed.gradients()[1][i], within(1e-9));
                }
            }
        });
    }

    @Test
    void a_row_that_says_its_own_scale_learns_it_in_any_contrast_of_rows() {
        Property.check(3, random -> {
            for (String recipe : new String[] {"clip", "moco", "sup-con", "i-con"}) {
                Objective objective = with(recipe, "temperature-policy", "predicted");
                Given given = Given.random(random, 2, 5, 4);
                boolean held = recipe.equals("moco");
                double[][][] gradients = given.evaluate(objective).gradients();
                double step = 1e-5;
                for (int v = 0; v < (held ? 1 : 2); v++) {
                    for (int i = 0; i < 5; i++) {
                        for (int k = 0; k < 4; k++) {
                            double slope = (moved(given, v, i, k, step)
                                                    .evaluate(objective)
                                                    .loss()
                                            - moved(given, v, i, k, -step)
                                                    .evaluate(objective)
                                                    .loss())
                                    / (2 * step);
                            assertThat(gradients[v][i][k])
                                    .as(recipe + " view " + v + " row " + i + " number " + k)
                                    .isCloseTo(slope, within(1e-6));
                        }
                    }
                }
            }
        });
    }

    private static Given moved(Given given, int view, int item, int number, double step) {
        double[][][] views = new double[2][][];
        for (int v = 0; v < 2; v++) {
            views[v] = Arrays.stream(given.views()[v]).map(double[]::clone).toArray(double[][]::new);
        }
        views[view][item][number] += step;
        return given.withViews(views);
    }

    @Test
    void what_cannot_be_known_is_refused() {
        assertThatThrownBy(() -> with("info-nce", "temperature-policy", "per-item"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("temperature-policy")
                .hasMessageContaining("learned-with-bias");
        assertThatThrownBy(() -> with("kernel-info-nce", "temperature-policy", "model-aware"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("known of cosine and dot");
        assertThatThrownBy(() -> with("circle", "temperature-policy", "predicted"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("cannot be learned");
        double[][][] apart = {{{1, 0}, {0, 1}}, {{-1, 0}, {0, -1}}};
        Given given = Given.of(apart, new int[] {0, 1}, new double[2], Map.of());
        assertThatThrownBy(() -> given.evaluate(nt("temperature-policy", "model-aware", "alpha", "1")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("smaller alpha");
        double[][][] narrow = {{{1}, {2}}, {{1}, {2}}};
        Given one = Given.of(narrow, new int[] {0, 1}, new double[2], Map.of());
        assertThatThrownBy(() -> one.evaluate(nt("temperature-policy", "predicted")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("the last is a temperature");
    }

    private static double cosine(Given given, int first, int second) {
        int items = given.items();
        return PlainFormulas.cosine(
                given.views()[first / items][first % items], given.views()[second / items][second % items]);
    }
}
