package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scale of a similarity as a number that is learned, with a bias or without. */
@ExtendWith(LeakCheck.class)
class LearnedTemperatureTest {

    private static final double STEP = 1e-4;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Softmaxes, pairs, a mean of two directions, several parts, a queue, and in-batch tiles. */
    static Stream<Recipe> recipes() {
        return Stream.of(
                Recipes.named("nt-xent").with("temperature-policy", "learned"),
                Recipes.named("sup-con").with("temperature-policy", "learned"),
                Recipes.named("clip").with("temperature-policy", "learned"),
                Recipes.named("siglip").with("temperature-policy", "learned-with-bias"),
                Recipes.named("moco").with("temperature-policy", "learned"),
                Recipes.named("multi-similarity").with(Map.of("temperature-policy", "learned")),
                Recipes.named("info-nce").with("temperature-policy", "learned"),
                Recipes.named("gte").with("temperature-policy", "learned"),
                Recipes.named("symmetric-info-nce").with("temperature-policy", "learned"));
    }

    /** The same in wrappers that make one value of several, or another of one. */
    static Stream<Recipe> wrapped() {
        return Stream.concat(
                recipes(),
                Stream.of(
                        Recipes.named("info-nce")
                                .with(Map.of(
                                        "temperature-policy",
                                        "learned",
                                        "matryoshka",
                                        "6,3",
                                        "matryoshka-weights",
                                        "1,0.5")),
                        Recipes.named("clip").with(Map.of("temperature-policy", "learned", "layers", "1")),
                        Recipes.named("simclr-doubled").with("temperature-policy", "learned")));
    }

    private static Views views(Given given, Map<String, Double> numbers) {
        View[] list = new View[given.views().length];
        for (int v = 0; v < list.length; v++) {
            long[] items = new long[given.items()];
            long[] contents = new long[given.items()];
            for (int i = 0; i < items.length; i++) {
                items[i] = i;
                contents[i] = (long) v * items.length + i;
            }
            list[v] = new View(v == 0 ? ViewRole.ANCHOR : ViewRole.POSITIVE, tensor(given.views()[v]), items, contents);
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        memories.put("queue", tensor(given.rowsOf("queue")));
        numbers.forEach((name, number) -> memories.put(name, Tensor.of(new double[] {number}, 1, 1)));
        return Views.of(list).withLabels(given.labels()).withMemories(memories);
    }

    private static Tensor tensor(double[][] rows) {
        return Tensor.of(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), rows.length, rows[0].length);
    }

    private static double loss(Objective objective, Given given, Map<String, Double> numbers) {
        try (Scope scope = Scope.open("test")) {
            return objective.evaluate(views(given, numbers)).loss();
        }
    }

    private static Map<String, Double> changed(Map<String, Double> numbers, String name, double by) {
        Map<String, Double> changed = new LinkedHashMap<>(numbers);
        changed.merge(name, by, Double::sum);
        return changed;
    }

    @ParameterizedTest
    @MethodSource("wrapped")
    void the_gradients_to_scale_and_bias_are_finite_differences(Recipe recipe) {
        Objective objective = recipe.create();
        Property.check(3, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Map<String, Double> numbers = new LinkedHashMap<>();
            numbers.put("log-scale", Math.log(3) + random.nextDouble());
            if (objective.needs().memories().contains("bias")) {
                numbers.put("bias", 8 + random.nextGaussian());
            }
            try (Scope scope = Scope.open("test")) {
                Map<String, Tensor> found =
                        objective.evaluate(views(given, numbers)).memoryGradients();
                assertThat(found.keySet()).isEqualTo(numbers.keySet());
                for (String name : numbers.keySet()) {
                    double expected = (loss(objective, given, changed(numbers, name, STEP))
                                    - loss(objective, given, changed(numbers, name, -STEP)))
                            / (2 * STEP);
                    assertThat(Objects.requireNonNull(found.get(name)).item())
                            .as(recipe.name() + " " + name)
                            .isCloseTo(expected, within(1e-6 * (1 + Math.abs(expected))));
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void where_nothing_is_learned_yet_value_and_gradient_are_those_of_the_fixed_scale(Recipe recipe) {
        Objective fixed = Recipes.named(recipe.name()).create();
        Property.check(2, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found expected = given.evaluate(fixed);
            Given.Found found = given.evaluate(recipe.create());
            assertThat(found.loss()).isEqualTo(expected.loss());
            assertThat(found.gradients()).isDeepEqualTo(expected.gradients());
            double scale = Double.parseDouble(recipe.slots().get("scale"));
            assertThat(loss(recipe.create(), given, Map.of("log-scale", Math.log(scale), "bias", 0.0)))
                    .isCloseTo(expected.loss(), within(1e-11 * (1 + Math.abs(expected.loss()))));
        });
    }

    @Test
    void tiles_do_not_change_the_gradient_to_the_scale() {
        for (String name : List.of("info-nce", "siglip")) {
            Contrast whole = (Contrast)
                    Recipes.named(name).with("temperature-policy", "learned").create();
            Property.check(2, random -> {
                Given given = Given.random(random, 2, 9, 6);
                try (Scope scope = Scope.open("test")) {
                    Views views = views(given, Map.of("log-scale", 1.5));
                    double expected = scale(whole, views);
                    for (Tiling tiling : List.of(new Tiling(1, 1, 0), new Tiling(2, 5, 7))) {
                        assertThat(scale(whole.withTiling(tiling), views)).isCloseTo(expected, within(1e-10));
                    }
                }
            });
        }
    }

    private static double scale(Objective objective, Views views) {
        return Objects.requireNonNull(
                        objective.evaluate(views).memoryGradients().get("log-scale"))
                .item();
    }

    @Test
    void a_scale_that_a_divergence_looks_at_cannot_be_learned() {
        for (String name : List.of("debiased", "circle", "arcface")) {
            assertThatThrownBy(() -> Recipes.named(name).with("temperature-policy", "learned"))
                    .as(name)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("cannot be learned");
        }
    }

    @Test
    void a_scheduled_temperature_is_a_fixed_one_for_the_step_and_has_no_gradient() {
        for (String name :
                List.of("nt-xent", "sup-con", "clip", "siglip", "moco", "info-nce", "gte", "debiased", "circle")) {
            Objective scheduled =
                    Recipes.named(name).with("temperature-policy", "scheduled").create();
            Objective fixed = Recipes.named(name).with("temperature", "0.4").create();
            Property.check(2, random -> {
                Given given = Given.random(random, 2, 7, 6);
                try (Scope scope = Scope.open("test")) {
                    Views views = views(given, Map.of("scheduled-temperature", 0.4));
                    Evaluation found = scheduled.evaluate(views);
                    Evaluation expected = fixed.evaluate(views);
                    assertThat(found.loss()).as(name).isEqualTo(expected.loss());
                    for (int v = 0; v < 2; v++) {
                        assertThat(found.gradients().get(v).toDoubles())
                                .isEqualTo(expected.gradients().get(v).toDoubles());
                    }
                    assertThat(found.memoryGradients()).isEmpty();
                }
            });
        }
    }

    @Test
    void a_bias_that_changes_nothing_is_refused() {
        assertThatThrownBy(() -> Recipes.named("nt-xent").with("temperature-policy", "learned-with-bias"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("changes nothing");
    }

    @Test
    void a_scale_outside_its_range_cannot_be_learned() {
        assertThatThrownBy(() ->
                        Recipes.named("nt-xent").with(Map.of("temperature-policy", "learned", "temperature", "0.005")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("between 1 and 100");
    }
}
