package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is ignored silently: a view more than a recipe compares changes the value, or is refused. */
@ExtendWith(LeakCheck.class)
class ViewsTooManyTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static List<String> recipes() {
        // Of each class it takes the first two rows, whichever view they are from.
        return Recipes.names().stream().filter(name -> !name.equals("n-pairs")).toList();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void a_view_too_many_counts_or_is_refused(String recipe) {
        Objective objective = Recipes.named(recipe).create();
        Towers towers = objective.needs().towers();
        int made = towers.inputs() < 0 ? 2 : towers.of(towers.inputs()).size();
        int views = Math.max(made, objective.needs().views()) + 1;
        Given given = Given.random(new SplittableRandom(5), views, 6, 6);
        double[][][] other = given.views();
        double[][][] gradients;
        try {
            gradients = given.evaluate(objective).gradients();
        } catch (ChiaroException refused) {
            return;
        }
        double loss = given.evaluate(objective).loss();
        other[views - 1] = new double[][] {
            {1, 2, 3, -1, 0, 1},
            {0, 1, -2, 1, 1, 3},
            {2, 0, 1, 1, -3, 0},
            {1, 1, 0, -2, 1, 1},
            {0, 3, 1, 1, 2, -1},
            {1, -1, 1, 0, 0, 2}
        };
        boolean pulled = Arrays.stream(gradients[views - 1])
                .flatMapToDouble(Arrays::stream)
                .anyMatch(value -> value != 0);
        assertThat(pulled || given.withViews(other).evaluate(objective).loss() != loss)
                .isTrue();
    }
}
