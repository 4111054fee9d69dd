package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

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
}
