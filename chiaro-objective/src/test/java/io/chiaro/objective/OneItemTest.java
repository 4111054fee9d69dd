package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch that holds a single item, as the last one of an epoch may. */
@ExtendWith(LeakCheck.class)
class OneItemTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<String> recipes() {
        return IdentityTest.recipes().filter(recipe -> !recipe.equals("w-mse"));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void one_item_alone_gives_a_finite_value_and_gradient(String recipe) {
        Property.check(2, random -> {
            Given.Found found =
                    Given.random(random, IdentityTest.views(recipe), 1, 6).evaluate(IdentityTest.objective(recipe));
            assertThat(found.loss()).isFinite();
            assertThat(Arrays.stream(found.gradients()).flatMap(Arrays::stream).flatMapToDouble(Arrays::stream))
                    .allMatch(Double::isFinite);
        });
    }

    @Test
    void one_item_alone_cannot_be_whitened_and_the_error_says_so() {
        Property.check(1, random -> {
            Given one = Given.random(random, 2, 1, 6);
            assertThatThrownBy(() -> one.evaluate(IdentityTest.objective("w-mse")))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("found 1 items of 6 features");
        });
    }
}
