package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How objectives of patches, and those whose rows say more than an embedding, stand to others. */
@ExtendWith(LeakCheck.class)
class PatchTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static double value(Given given, String recipe, Map<String, String> settings) {
        return given.evaluate(Recipes.named(recipe).with(settings).create()).loss();
    }

    private static int[] upTo(int count) {
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> i);
        return numbers;
    }

    @Test
    void of_pictures_of_one_patch_which_is_the_picture_vicregl_is_vicreg() {
        Property.check(4, random -> {
            Given two = Given.random(random, 2, 7, 5);
            double[][][] both = {two.views()[0], two.views()[1], two.fixed()[0], two.fixed()[1]};
            Given four = Given.of(both, upTo(7), two.targets(), two.memory());
            // Its covariance terms are averaged over views, not added; patches count twice, by features and by place.
            double plain = value(two, "vicreg", Map.of("covariance", "0.5"));
            assertThat(value(four, "vicregl", Map.of("share", "0.3")))
                    .isCloseTo(0.3 * plain + 0.7 * 2 * plain, within(1e-9));
        });
    }

    @Test
    void where_every_patch_is_masked_or_none_counts_ibot_plus_plus_is_ibot() {
        Property.check(4, random -> {
            Given given = Given.random(random, 2, 6, 5);
            double[][] ones = new double[6][1];
            Arrays.setAll(ones, i -> new double[] {1});
            Given masked = given.withMemory("masked", ones);
            Given visible = given.withMemory("masked", new double[6][1]);
            double patches = value(given, "ibot-patch", Map.of());
            assertThat(value(masked, "ibot-plus-plus", Map.of())).isCloseTo(patches, within(1e-12));
            assertThat(value(visible, "ibot-plus-plus", Map.of("visible", "0.5")))
                    .isCloseTo(patches / 2, within(1e-12));
        });
    }

    @Test
    void a_given_prior_that_falls_is_that_of_pmsn() {
        Property.check(4, random -> {
            double[][] prior = new double[1][5];
            Arrays.setAll(prior[0], k -> 7 * Math.pow(k + 1, -0.25));
            Given given = Given.random(random, 3, 6, 5).withMemory("prior", prior);
            assertThat(value(given, "pmsn-custom", Map.of())).isCloseTo(value(given, "pmsn", Map.of()), within(1e-12));
        });
    }

    @Test
    void codes_of_one_patch_a_position_are_the_teachers_shares_and_not_balanced() {
        Property.check(4, random -> {
            // A column of one row is divided by itself: every code is even, whatever the teacher says.
            Given given = Given.random(random, 2, 6, 5).withLabels(upTo(6));
            Given other = Given.random(random, 2, 6, 5).withLabels(upTo(6));
            other.views()[0] = given.views()[0];
            assertThat(value(given, "capi", Map.of())).isCloseTo(value(other, "capi", Map.of()), within(1e-9));
        });
    }

    @Test
    void rows_that_are_as_sure_as_each_other_are_compared_as_by_nt_xent() {
        Property.check(4, random -> {
            Given given = Given.random(random, 2, 6, 5);
            for (double[][] view : given.views()) {
                for (double[] row : view) {
                    row[4] = 0;
                }
            }
            // A number of 0 halves the scale, and adds nothing to a cosine.
            assertThat(value(given, "temperature-as-uncertainty", Map.of("temperature", "0.1")))
                    .isCloseTo(value(given, "nt-xent", Map.of("temperature", "0.2")), within(1e-9));
        });
    }

    @Test
    void every_row_has_its_own_temperature_whichever_view_it_is_of() {
        Property.check(4, random -> {
            Given given = Given.random(random, 2, 6, 5);
            Given swapped = given.withViews(new double[][][] {given.views()[1], given.views()[0]});
            assertThat(value(swapped, "temperature-as-uncertainty", Map.of()))
                    .isCloseTo(value(given, "temperature-as-uncertainty", Map.of()), within(1e-12));
        });
    }

    @Test
    void a_row_that_is_hard_to_tell_from_others_learns_to_be_unsure_and_an_easy_one_to_be_sure() {
        double[][][] rows = new double[2][4][3];
        for (double[][] view : rows) {
            view[0] = new double[] {1, 0, 0};
            view[1] = new double[] {-1, 0.1, 0};
            view[2] = new double[] {0.1, 1, 0};
            view[3] = new double[] {-0.1, 1, 0};
        }
        // The two views of item 2 are apart, and item 3 lies between.
        rows[1][2] = new double[] {-0.4, 1, 0};
        Given given = Given.of(rows, upTo(4), new double[4], Map.of());
        double[][][] gradients = given.evaluate(
                        Recipes.named("temperature-as-uncertainty").create())
                .gradients();
        assertThat(gradients[0][0][2]).isNegative();
        assertThat(gradients[0][2][2]).isPositive();
    }

    @Test
    void predictions_without_frames_and_places_of_another_shape_are_refused() {
        Given given = Given.random(new SplittableRandom(1), 4, 6, 5);
        assertThatThrownBy(() -> value(given, "le-wm", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("odd number");
        assertThatThrownBy(() -> value(given.withMemory("places", new double[6][3]), "vicregl", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("[6, 4]");
        double[][] halves = {{0}, {1}, {0.5}, {0}, {0}, {0}};
        assertThatThrownBy(() -> value(given.withMemory("masked", halves), "ibot-plus-plus", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("masked");
        assertThatThrownBy(() -> value(given.withMemory("prior", new double[1][5]), "pmsn-custom", Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("above 0");
    }
}
