package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe against the formula of its paper: the value directly, the gradient by finite differences of the formula. */
@ExtendWith(LeakCheck.class)
class FormulaTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** A recipe with some settings, the least number of views, and its formula. */
    record Case(String recipe, Map<String, String> settings, int views, ToDoubleFunction<Sample> formula) {

        Objective objective() {
            Recipe chosen = Recipes.named(recipe);
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                chosen = chosen.with(setting.getKey(), setting.getValue());
            }
            return chosen.create();
        }

        @Override
        public String toString() {
            return recipe + settings;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("info-nce", Map.of(), 2, sample -> Formulas.infoNce(sample, 20)),
                new Case("info-nce", Map.of("temperature", "0.5"), 2, sample -> Formulas.infoNce(sample, 2)),
                new Case("info-nce", Map.of("temperature", "0.01"), 2, sample -> Formulas.infoNce(sample, 100)),
                new Case("symmetric-info-nce", Map.of(), 2, sample -> Formulas.symmetric(sample, 20)),
                new Case("gte", Map.of(), 2, sample -> Formulas.gte(sample, 20)),
                new Case("gte", Map.of("temperature", "0.5"), 2, sample -> Formulas.gte(sample, 2)),
                new Case("gist", Map.of(), 2, sample -> Formulas.gist(sample, 100, 0, false)),
                new Case(
                        "gist",
                        Map.of("temperature", "0.1", "guide-margin", "0.2"),
                        2,
                        sample -> Formulas.gist(sample, 10, 0.2, false)),
                new Case(
                        "gist",
                        Map.of("temperature", "0.1", "guide-margin", "0.5", "guide-form", "relative"),
                        2,
                        sample -> Formulas.gist(sample, 10, 0.5, true)),
                new Case("simcse", Map.of(), 2, sample -> Formulas.infoNce(sample, 20)),
                new Case("triplet", Map.of(), 3, sample -> Formulas.triplet(sample, 5)),
                new Case("triplet", Map.of("margin", "0.5"), 3, sample -> Formulas.triplet(sample, 0.5)),
                new Case("cosent", Map.of(), 2, sample -> Formulas.cosent(sample, 20)),
                new Case("angle", Map.of(), 2, sample -> Formulas.angle(sample, 20)),
                new Case("cosine-regression", Map.of(), 2, Formulas::cosineRegression),
                new Case("margin-mse", Map.of(), 3, Formulas::marginMse),
                new Case("kl-distillation", Map.of(), 3, sample -> Formulas.distillation(sample, 1)),
                new Case("kl-distillation", Map.of("temperature", "3"), 3, sample -> Formulas.distillation(sample, 3)),
                new Case(
                        "gte",
                        Map.of("matryoshka", "6,2"),
                        2,
                        sample -> Formulas.gte(Formulas.truncated(sample, 6), 20)
                                + Formulas.gte(Formulas.truncated(sample, 2), 20)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_and_gradient_are_those_of_the_formula(Case tried) {
        Objective objective = tried.objective();
        Property.check(8, random -> {
            int views = tried.views() + random.nextInt(2);
            Sample sample = Sample.random(random, views, 2 + random.nextInt(5), 6);
            Sample.Result result = sample.evaluate(objective);
            double value = tried.formula().applyAsDouble(sample);
            assertThat(result.loss()).isCloseTo(value, within(2e-5 * (1 + Math.abs(value))));
            double largest = 0;
            double[][][] expected = finiteDifferences(sample, tried.formula());
            for (double[][] view : expected) {
                for (double[] row : view) {
                    for (double number : row) {
                        largest = Math.max(largest, Math.abs(number));
                    }
                }
            }
            for (int v = 0; v < expected.length; v++) {
                for (int i = 0; i < expected[v].length; i++) {
                    for (int k = 0; k < expected[v][i].length; k++) {
                        assertThat(result.gradients()[v][i][k])
                                .as("gradient of view %d, row %d, number %d", v, i, k)
                                .isCloseTo(expected[v][i][k], within(3e-6 + 1e-4 * largest));
                    }
                }
            }
        });
    }

    private static double[][][] finiteDifferences(Sample sample, ToDoubleFunction<Sample> formula) {
        double step = 1e-6;
        double[][][] result = new double[sample.values.length][][];
        for (int v = 0; v < result.length; v++) {
            result[v] = new double[sample.values[v].length][sample.values[v][0].length];
            for (int i = 0; i < result[v].length; i++) {
                for (int k = 0; k < result[v][i].length; k++) {
                    double before = sample.values[v][i][k];
                    sample.values[v][i][k] = before + step;
                    double above = formula.applyAsDouble(sample);
                    sample.values[v][i][k] = before - step;
                    double below = formula.applyAsDouble(sample);
                    sample.values[v][i][k] = before;
                    result[v][i][k] = (above - below) / (2 * step);
                }
            }
        }
        return result;
    }

    @Test
    void every_recipe_of_slots_is_tried() {
        assertThat(cases().map(Case::recipe).distinct().toList())
                .containsAll(Recipes.all().stream()
                        .filter(recipe -> recipe.pattern() == null)
                        .map(Recipe::name)
                        .toList());
    }
}
