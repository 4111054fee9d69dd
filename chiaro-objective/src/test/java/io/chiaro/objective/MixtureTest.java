package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What holds of keys that are made beside their formulas, and what implementations of others have got wrong. */
@ExtendWith(LeakCheck.class)
class MixtureTest {

    private static final double STEP = 1e-5;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Objective objective(String recipe, String... settings) {
        Map<String, String> fillings = new LinkedHashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            fillings.put(settings[i], settings[i + 1]);
        }
        return Recipes.named(recipe).with(fillings).create();
    }

    @Test
    void mixtures_share_their_maximum_with_the_rows_that_they_stand_beside() {
        // Unit rows at right angles: no row has a score above 0 with another, but all mixtures with their anchor have
        // one.
        double[][][] views = new double[1][6][6];
        for (int i = 0; i < 6; i++) {
            views[0][i][i] = 1;
        }
        double[] numbers = {0, 0, 1, 1, 2, 2};
        Given given = Given.of(views, new int[6], numbers, Map.of());
        PlainMixtures.Numbers told = new PlainMixtures.Numbers(4, 3, 1.5, 1);
        double found = given.evaluate(objective("sup-re-mix", "negatives", "4", "positives", "3", "window", "1.5"))
                .loss();
        assertThat(found).isCloseTo(PlainMixtures.supReMix(given, 0.1, told, false), within(1e-12));
        // With a maximum of their own the mixtures would lose what lies between the two.
        assertThat(Math.abs(PlainMixtures.supReMix(given, 0.1, told, true) - found))
                .isGreaterThan(0.1);
    }

    @Test
    void the_farthest_row_of_a_class_is_of_the_class_though_all_cosines_lie_above_zero() {
        Property.check(5, random -> {
            double[][][] views = new double[1][8][5];
            for (double[] row : views[0]) {
                Arrays.setAll(row, k -> 1 + 0.5 * random.nextDouble());
            }
            Given given = Given.of(
                    views, new int[] {0, 1, 0, 1, 0, 1, 0, 1}, new double[8], Map.of("classes", new double[][] {
                        {1, 0, 0, 0, 0}, {0, 1, 0, 0, 0}
                    }));
            PlainMixtures.Tuning told = new PlainMixtures.Tuning(0.3, 20, 1, 1, 1, 0.8);
            double found = given.evaluate(objective("core-tuning", "temperature", "0.3"))
                    .loss();
            assertThat(found).isCloseTo(PlainMixtures.coreTuning(given, told, false), within(1e-12 * (1 + found)));
            // The lowest of the scores times a mask is a cell that the mask leaves out.
            assertThat(Math.abs(PlainMixtures.coreTuning(given, told, true) - found))
                    .isGreaterThan(1e-6);
        });
    }

    @Test
    void what_smooths_hallucinations_learns_as_the_formula_says() {
        learns("hallucinator", List.of("smoothing-in", "smoothing-out", "smoothing-bias"));
    }

    @Test
    void classes_learn_from_rows_and_mixtures_as_the_formula_says() {
        learns("core-tuning", List.of("classes"));
    }

    private static void learns(String recipe, List<String> memories) {
        Objective objective = objective(recipe);
        Property.check(3, random -> {
            Given given = Given.random(random, 2, 5, 4);
            for (String memory : memories) {
                double[] found;
                try (Scope scope = Scope.open("gradient of a memory")) {
                    Map<String, Tensor> gradients = given.evaluation(objective).memoryGradients();
                    found = Objects.requireNonNull(gradients.get(memory)).toDoubles();
                }
                double[][] rows = given.rowsOf(memory);
                for (int i = 0; i < rows.length; i++) {
                    for (int k = 0; k < rows[i].length; k++) {
                        double before = rows[i][k];
                        rows[i][k] = before + STEP;
                        double above = given.evaluate(objective).loss();
                        rows[i][k] = before - STEP;
                        double below = given.evaluate(objective).loss();
                        rows[i][k] = before;
                        assertThat(found[i * rows[i].length + k])
                                .as("%s of row %d, number %d", memory, i, k)
                                .isCloseTo((above - below) / (2 * STEP), within(1e-7));
                    }
                }
            }
        });
    }

    @Test
    void a_label_without_a_class_vector_is_refused() {
        Given given =
                Given.random(new SplittableRandom(1), 2, 5, 4).withMemory("classes", new double[][] {{1, 0, 0, 0}});
        assertThatThrownBy(() -> given.evaluate(objective("core-tuning")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected labels from 0 to 0");
    }

    @Test
    void another_step_draws_other_mixtures() {
        Given given = Given.random(new SplittableRandom(2), 2, 6, 5);
        for (String recipe : List.of("core-tuning", "hallucinator", "sup-re-mix")) {
            try (Scope scope = Scope.open("steps")) {
                Objective objective = objective(recipe);
                double first =
                        objective.evaluate(given.asViews().withAddress(1)).loss();
                assertThat(objective.evaluate(given.asViews().withAddress(1)).loss())
                        .as(recipe)
                        .isEqualTo(first);
                assertThat(objective.evaluate(given.asViews().withAddress(2)).loss())
                        .as(recipe)
                        .isNotEqualTo(first);
            }
        }
    }
}
