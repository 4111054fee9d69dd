package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.LeakCheck;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class WeightAverageTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static ParameterStore store() {
        ParameterStore store = ParameterStore.builder("test")
                .add("table", Parameter.Kind.TABLE, 2, 2)
                .add("w", Parameter.Kind.WEIGHT, 2, 2)
                .add("state", Parameter.Kind.STATE, 1)
                .create();
        try (Scope scope = Scope.open("fill")) {
            store.array("w").put(new float[] {1, 2, 3, 4});
            store.array("table").put(new float[] {-1, -2, -3, -4});
        }
        return store;
    }

    private static void step(ParameterStore store, Optimizer optimizer, int number) {
        store.zeroGradients();
        store.gradientOf(store.parameter("w")).fillInPlace(1 + number);
        store.addRowGradients(store.parameter("table"), new int[] {0}, Tensor.ones(1, 2));
        optimizer.step(0.1);
    }

    @Test
    void the_average_follows_its_formula_and_the_weights_do_not_notice() {
        try (ParameterStore store = store();
                ParameterStore plain = store();
                Sgd alone = new Sgd(plain, 0.9, 0);
                WeightAverage average = new WeightAverage(store, new Sgd(store, 0.9, 0), 0.6);
                Scope scope = Scope.open("test")) {
            double[] expected = store.array("w").toDoubles();
            for (int t = 1; t <= 12; t++) {
                step(store, average, t);
                step(plain, alone, t);
                double decay = Math.min(0.6, (1.0 + t) / (10 + t));
                double[] weights = plain.array("w").toDoubles();
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = decay * expected[i] + (1 - decay) * weights[i];
                }
            }
            float[] trained = plain.array("w").toFloats();
            assertThat(store.array("w").toFloats()).containsExactly(trained);

            average.toJudging();
            double[] judged = store.array("w").toDoubles();
            for (int i = 0; i < expected.length; i++) {
                assertThat(judged[i]).isCloseTo(expected[i], within(1e-5));
            }
            assertThat(store.array("table").toFloats()[0])
                    .isNotEqualTo(plain.array("table").toFloats()[0]);
            assertThatThrownBy(() -> average.step(0.1)).isInstanceOf(IllegalStateException.class);

            average.toTraining();
            assertThat(store.array("w").toFloats()).containsExactly(trained);
        }
    }

    @Test
    void a_state_that_was_carried_over_continues_to_the_bit() {
        try (ParameterStore straight = store();
                ParameterStore resumed = store();
                WeightAverage one = new WeightAverage(straight, new Sgd(straight, 0.9, 0), 0.9);
                WeightAverage two = new WeightAverage(resumed, new Sgd(resumed, 0.9, 0), 0.9);
                Scope scope = Scope.open("test")) {
            for (int t = 0; t < 5; t++) {
                step(straight, one, t);
            }
            straight.named().forEach((name, array) -> resumed.array(name).put(array.toFloats()));
            two.state()
                    .arrays()
                    .forEach((name, array) -> array.put(
                            Objects.requireNonNull(one.state().arrays().get(name))
                                    .toFloats()));
            two.state().restore().accept(one.state().steps());
            for (int t = 5; t < 9; t++) {
                step(straight, one, t);
                step(resumed, two, t);
            }
            one.toJudging();
            two.toJudging();
            straight.named()
                    .forEach((name, array) ->
                            assertThat(resumed.array(name).toFloats()).containsExactly(array.toFloats()));
        }
    }

    @Test
    void a_decay_of_one_would_never_move_and_is_refused() {
        try (ParameterStore store = store();
                Sgd inner = new Sgd(store, 0, 0)) {
            assertThatThrownBy(() -> new WeightAverage(store, inner, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
