package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakCheck.class)
class MatryoshkaTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static final Objective INNER = Recipes.named("info-nce").create();

    @Test
    void it_is_the_weighted_sum_over_truncations_and_leaves_the_rest_alone() {
        Sample sample = Sample.random(new SplittableRandom(1), 2, 5, 8);
        Objective objective = new Matryoshka(INNER, List.of(6, 2), List.of(1.0, 0.5));
        Sample.Result result = sample.evaluate(objective);
        Sample.Result six = Formulas.truncated(sample, 6).evaluate(INNER);
        Sample.Result two = Formulas.truncated(sample, 2).evaluate(INNER);
        assertThat(result.loss()).isCloseTo(six.loss() + 0.5 * two.loss(), within(1e-9));
        assertThat(result.evaluation().chance()).isCloseTo(1.5 * Math.log(5), within(1e-9));
        assertThat(result.evaluation().components())
                .containsEntry("loss-6", six.loss())
                .containsEntry("loss-2", two.loss());
        for (int i = 0; i < 5; i++) {
            for (int k = 0; k < 8; k++) {
                double expected = k < 2
                        ? six.gradients()[0][i][k] + 0.5 * two.gradients()[0][i][k]
                        : k < 6 ? six.gradients()[0][i][k] : 0;
                assertThat(result.gradients()[0][i][k]).isCloseTo(expected, within(1e-6));
            }
        }
    }

    @Test
    void a_dimension_beyond_the_width_is_refused() {
        Sample sample = Sample.random(new SplittableRandom(2), 2, 3, 8);
        assertThatThrownBy(() -> sample.evaluate(Matryoshka.of(INNER, 8, 16)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("at most 8");
    }

    static Stream<Recipe> recipes() {
        return Recipes.all().stream();
    }

    /** Memories of whole embeddings, such as a queue, have no shorter form. */
    private static boolean remembers(Recipe recipe) {
        return !recipe.create().needs().memories().isEmpty();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void every_recipe_without_memories_is_also_learned_on_the_first_numbers(Recipe recipe) {
        Map<String, String> told = Map.of("matryoshka", "6,4", "matryoshka-weights", "1,0.5");
        if (remembers(recipe)) {
            assertThatThrownBy(() -> recipe.with(told))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("memory");
            return;
        }
        try (Scope scope = Scope.open("widths")) {
            Views views = ShardedTest.batch(recipe, new SplittableRandom(6));
            Objective one = recipe.create();
            if (List.of("guide-distillation", "lit").contains(recipe.name())) {
                // The guide's vectors have one width.
                assertThatThrownBy(() -> recipe.with(told).create().evaluate(views))
                        .isInstanceOf(ChiaroException.class)
                        .hasMessageContaining("Take a guide of that width");
                return;
            }
            Evaluation both = recipe.with(told).create().evaluate(views);
            Views narrow = views.withValues(views.list().stream()
                    .map(view -> view.values().narrow(1, 0, 4).contiguous())
                    .toList());
            Evaluation six = one.evaluate(views);
            Evaluation four = one.evaluate(narrow);
            double expected = six.loss() + 0.5 * four.loss();
            assertThat(both.loss()).isCloseTo(expected, within(1e-9 * (1 + Math.abs(expected))));
            for (int v = 0; v < both.gradients().size(); v++) {
                double[] found = both.gradients().get(v).toDoubles();
                double[] whole = six.gradients().get(v).toDoubles();
                double[] first = four.gradients().get(v).toDoubles();
                for (int at = 0; at < found.length; at++) {
                    int k = at % 6;
                    double sum = whole[at] + (k < 4 ? 0.5 * first[at / 6 * 4 + k] : 0);
                    assertThat(found[at])
                            .as("view %d, number %d", v, at)
                            .isCloseTo(sum, within(1e-9 * (1 + Math.abs(sum))));
                }
            }
        }
        assertThat(recipe.with(told).create().slots()).containsEntry("matryoshka", "6,4");
    }

    @Test
    void weights_of_widths_that_are_not_told_are_refused() {
        assertThatThrownBy(() -> Recipes.named("nt-xent").with("matryoshka-weights", "1,0.5"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("has no effect without \"matryoshka\"");
    }
}
