package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows without length, labels that are alone or of no class, and numbers that make no sense. */
class OddRowsTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Given given(int[] labels) {
        Given given = Given.random(new SplittableRandom(5), 1, labels.length, 4);
        return Given.of(given.views(), labels, given.targets(), given.memory());
    }

    private static double distance(double[] x, double[] y) {
        double product = 0;
        double xs = 0;
        double ys = 0;
        for (int k = 0; k < x.length; k++) {
            product += x[k] * y[k];
            xs += x[k] * x[k];
            ys += y[k] * y[k];
        }
        return 1 - product / Math.sqrt(xs * ys);
    }

    @Test
    void triplets_of_the_farthest_and_the_nearest_take_one_less_the_cosine_for_a_distance() {
        int[] labels = {0, 0, 1, 2, 1, 3};
        Given given = given(labels);
        double[][] rows = given.views()[0];
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            // Itself is among the rows of its class.
            double farthest = 0;
            double nearest = Double.POSITIVE_INFINITY;
            for (int j = 0; j < labels.length; j++) {
                double d = distance(rows[i], rows[j]);
                if (labels[j] == labels[i]) {
                    farthest = Math.max(farthest, d);
                } else {
                    nearest = Math.min(nearest, d);
                }
            }
            sum += Math.max(0, farthest - nearest + 0.4);
        }
        Objective objective = Recipes.named("batch-hard-triplet")
                .with(Map.of("similarity", "cosine", "margin", "0.4"))
                .create();
        assertThat(given.evaluate(objective).loss()).isCloseTo(sum / labels.length, within(1e-12));
    }

    @Test
    void semi_hard_triplets_of_cosines_have_distance_zero_where_there_is_no_other_class() {
        Given given = given(new int[] {4, 4, 4});
        double[][] rows = given.views()[0];
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                sum += i == j ? 0 : Math.max(0, distance(rows[i], rows[j]) + 0.3);
            }
        }
        Objective objective = Recipes.named("batch-semi-hard-triplet")
                .with(Map.of("similarity", "cosine", "margin", "0.3"))
                .create();
        assertThat(given.evaluate(objective).loss()).isCloseTo(sum / 6, within(1e-12));
    }

    @Test
    void what_has_no_distance_of_a_row_to_itself_is_refused_where_distances_are_compared() {
        for (String recipe : List.of("batch-hard-triplet", "batch-semi-hard-triplet")) {
            assertThatThrownBy(() ->
                            Recipes.named(recipe).with("similarity", "dot").create())
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("dot");
        }
    }

    @Test
    void a_row_without_length_is_at_distance_one_from_rows_of_length_one() {
        Given given = given(new int[] {0, 0, 1, 1, 0});
        Arrays.fill(given.views()[0][0], 0);
        // All pairs of a class and all others, each by its distance.
        double contrastive =
                given.evaluate(Recipes.named("contrastive").create()).loss();
        assertThat(given.evaluate(Recipes.named("hdc").with("share", "1").create())
                        .loss())
                .isCloseTo(contrastive, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "1.5, 1", "4, 2", "2, 1", "2, 0.5", "1, 2"})
    void the_length_of_a_row_without_any_has_no_slope(String p, String power) {
        Given given = given(new int[] {0, 1, 0});
        Arrays.fill(given.views()[0][1], 0);
        Given.Found found = given.evaluate(
                Recipes.named("lp").with(Map.of("p", p, "power", power)).create());
        for (double[] row : found.gradients()[0]) {
            assertThat(row).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        }
        assertThat(found.gradients()[0][1]).containsOnly(0);
        assertThat(found.loss()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy-anchor", "arcface", "cosface", "normalized-softmax", "p2s-grad", "proxy-nca"})
    void a_label_beyond_the_classes_that_are_learned_is_refused(String recipe) {
        for (int label : new int[] {-1, 4}) {
            Given given = given(new int[] {0, label, 1});
            assertThatThrownBy(() -> given.evaluate(Recipes.named(recipe).create()))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("from 0 to 3")
                    .hasMessageContaining(String.valueOf(label));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nt-xent, temperature, -1",
        "nt-xent, temperature, nan",
        "sup-re-mix, temperature, 0",
        "triplet-margin, margin, infinity",
        "barlow-twins, epsilon, -1",
        "vibcreg, epsilon, -1",
        "vicregl, epsilon, -1",
        "sparse-centers, epsilon, -1",
        "mixed-barlow-twins, epsilon, -1",
        "emp-ssl, epsilon, -1"
    })
    void a_number_that_makes_no_sense_is_refused(String recipe, String slot, String value) {
        assertThatThrownBy(() -> Recipes.named(recipe).with(slot, value).create())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(slot);
    }

    @Test
    void all_usual_numbers_make_sense() {
        for (Recipe recipe : Recipes.all()) {
            for (String slot : recipe.settable()) {
                String value = recipe.slots().get(slot);
                if (value != null) {
                    recipe.with(slot, value).create();
                }
            }
        }
    }
}
