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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the formula; the reference's values stand among those of {@link SentenceTransformersTest}. */
@ExtendWith(LeakCheck.class)
class AdaptiveLayersTest {

    private static final double STEP = 1e-5;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Given cut(Given given, int layer, int width) {
        return given.withViews(Arrays.stream(given.views())
                .map(view -> Arrays.stream(view)
                        .map(row -> Arrays.copyOfRange(row, layer * width, (layer + 1) * width))
                        .toArray(double[][]::new))
                .toArray(double[][][]::new));
    }

    private static double[] shares(double[] row, double temperature) {
        double[] shares = Arrays.stream(row).map(x -> Math.exp(x / temperature)).toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(x -> x / sum).toArray();
    }

    /** Li et al. (2024), eq. 4 to 6; the last layer's shares are those of {@code fixed}, which nothing moves. */
    private static double plain(
            Given given, Given fixed, String recipe, int layers, double weight, double pull, double temperature) {
        int width = given.width() / (layers + 1);
        Objective objective = Recipes.named(recipe).create();
        double value = cut(given, 0, width).evaluate(objective).loss();
        for (int layer = 1; layer <= layers; layer++) {
            value += weight
                    / layers
                    * cut(given, layer, width).evaluate(objective).loss();
            double divergence = 0;
            for (int v = 0; v < given.views().length; v++) {
                for (int i = 0; i < given.items(); i++) {
                    double[] p = shares(cut(fixed, 0, width).views()[v][i], temperature);
                    double[] q = shares(cut(given, layer, width).views()[v][i], temperature);
                    for (int k = 0; k < width; k++) {
                        divergence += p[k] * Math.log(p[k] / q[k]);
                    }
                }
            }
            value += pull * temperature * divergence / (given.views().length * given.items());
        }
        return value;
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt-xent", "vicreg", "barlow-twins"})
    void value_and_gradient_are_those_of_the_formula(String recipe) {
        Objective objective = Recipes.named(recipe)
                .with(Map.of(
                        "layers", "2", "layers-weight", "0.7", "layers-distillation", "1.5", "layers-temperature", "2"))
                .create();
        Property.check(2, random -> {
            Given given = Given.random(random, 2, 5, 9);
            Given fixed = given.withViews(Arrays.stream(given.views())
                    .map(view -> Arrays.stream(view).map(double[]::clone).toArray(double[][]::new))
                    .toArray(double[][][]::new));
            Given.Found found = given.evaluate(objective);
            assertThat(found.loss()).isCloseTo(plain(given, fixed, recipe, 2, 0.7, 1.5, 2), within(1e-9));
            for (int v = 0; v < 2; v++) {
                for (int i = 0; i < given.items(); i++) {
                    for (int k = 0; k < 9; k++) {
                        double[] row = given.views()[v][i];
                        double before = row[k];
                        row[k] = before + STEP;
                        double above = plain(given, fixed, recipe, 2, 0.7, 1.5, 2);
                        row[k] = before - STEP;
                        double below = plain(given, fixed, recipe, 2, 0.7, 1.5, 2);
                        row[k] = before;
                        assertThat(found.gradients()[v][i][k]).isCloseTo((above - below) / (2 * STEP), within(1e-6));
                    }
                }
            }
        });
    }

    @Test
    void equal_layers_are_one_layer_twice() {
        Property.check(3, random -> {
            Given one = Given.random(random, 2, 5, 4);
            Given two = one.withViews(Arrays.stream(one.views())
                    .map(view -> Arrays.stream(view)
                            .map(row -> {
                                double[] twice = Arrays.copyOf(row, 8);
                                System.arraycopy(row, 0, twice, 4, 4);
                                return twice;
                            })
                            .toArray(double[][]::new))
                    .toArray(double[][][]::new));
            assertThat(two.evaluate(Recipes.named("nt-xent").with("layers", "1").create())
                            .loss())
                    .isCloseTo(
                            2 * one.evaluate(Recipes.named("nt-xent").create()).loss(), within(1e-9));
        });
    }

    @Test
    void workers_find_the_value_of_the_whole_batch() {
        Objective objective = Recipes.named("nt-xent").with("layers", "2").create();
        Property.check(3, random -> {
            Given given = Given.random(random, 2, 6, 9);
            assertThat(given.evaluate(new Sharded(objective, 2)).loss())
                    .isCloseTo(given.evaluate(objective).loss(), within(1e-9));
        });
    }

    @Test
    void what_cannot_be_is_said() {
        assertThatThrownBy(() -> Recipes.named("nt-xent").with("layers", "0"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("layers");
        assertThatThrownBy(() -> Recipes.named("nt-xent").with("layers-weight", "2"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("no effect without");
        assertThatThrownBy(() -> Recipes.named("sup-con").with("layers-distillation", "-1"))
                .isInstanceOf(ChiaroException.class);
        assertThatThrownBy(() -> Recipes.named("moco").with("layers", "1"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("queue");
        Property.check(
                1,
                random -> assertThatThrownBy(() -> Given.random(random, 2, 5, 8)
                                .evaluate(Recipes.named("nt-xent")
                                        .with("layers", "2")
                                        .create()))
                        .isInstanceOf(ChiaroException.class)
                        .hasMessageContaining("3 embeddings side by side"));
    }
}
