package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.testkit.LeakCheck;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class SharpnessAscentTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static ParameterStore store() {
        ParameterStore store = ParameterStore.builder("test")
                .add("table", Parameter.Kind.TABLE, 6, 3)
                .add("w", Parameter.Kind.WEIGHT, 2, 3)
                .add("bias", Parameter.Kind.UNDECAYED, 3)
                .add("head.memory", Parameter.Kind.UNDECAYED, 3)
                .create();
        try (Scope scope = Scope.open("fill")) {
            store.named().forEach((name, array) -> {
                RandomStream random = RandomStream.of(1, name);
                float[] values = new float[(int) array.count()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                array.put(values);
            });
        }
        return store;
    }

    private static Map<String, float[]> values(ParameterStore store) {
        Map<String, float[]> values = new LinkedHashMap<>();
        store.named().forEach((name, array) -> values.put(name, array.toFloats()));
        return values;
    }

    private static float[] values(Map<String, float[]> values, String name) {
        return Objects.requireNonNull(values.get(name));
    }

    private static void setGradients(ParameterStore store) {
        store.gradientOf(store.parameter("w")).put(new float[] {1, 2, 3, 4, 5, 6});
        store.gradientOf(store.parameter("bias")).put(new float[] {-7, 8, -9});
        store.gradientOf(store.parameter("head.memory")).put(new float[] {100, 100, 100});
        store.addRowGradients(
                store.parameter("table"), new int[] {4, 1}, Tensor.of(new float[] {1, 0, 2, 0, -1, 3}, 2, 3));
    }

    @Test
    void the_climb_is_the_gradient_at_the_length_of_the_radius_and_the_way_back_is_exact() {
        try (ParameterStore store = store();
                SharpnessAscent ascent = new SharpnessAscent(
                        store, parameter -> !parameter.name().startsWith("head."));
                Scope scope = Scope.open("test")) {
            Map<String, float[]> before = values(store);
            setGradients(store);
            double squares = 1 + 4 + 9 + 16 + 25 + 36 + 49 + 64 + 81 + 1 + 4 + 1 + 9;

            double norm = ascent.climb(0.5);

            assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-5));
            double moved = 0;
            for (String name : before.keySet()) {
                float[] from = values(before, name);
                double[] to = store.array(name).toDoubles();
                for (int i = 0; i < from.length; i++) {
                    moved += (to[i] - from[i]) * (to[i] - from[i]);
                }
            }
            assertThat(Math.sqrt(moved)).isCloseTo(0.5, within(1e-5));
            assertThat(store.array("w").toDoubles()[5])
                    .isCloseTo(values(before, "w")[5] + 0.5 * 6 / Math.sqrt(squares), within(1e-6));
            assertThat(store.array("table").toDoubles()[4 * 3 + 2])
                    .isCloseTo(values(before, "table")[4 * 3 + 2] + 0.5 * 2 / Math.sqrt(squares), within(1e-6));
            assertThat(store.array("head.memory").toFloats()).containsExactly(values(before, "head.memory"));

            ascent.descend();

            before.forEach((name, values) ->
                    assertThat(store.array(name).toFloats()).as(name).containsExactly(values));
        }
    }

    @Test
    void the_rows_to_give_back_are_those_of_the_climb_whatever_the_second_pass_touches() {
        try (ParameterStore store = store();
                SharpnessAscent ascent = new SharpnessAscent(store, parameter -> true);
                Scope scope = Scope.open("test")) {
            Map<String, float[]> before = values(store);
            setGradients(store);
            ascent.climb(10);
            store.zeroGradients();
            store.touchAllRows(store.parameter("table"));
            ascent.descend();
            assertThat(store.array("table").toFloats()).containsExactly(values(before, "table"));
        }
    }

    @Test
    void on_a_quadratic_the_second_gradient_is_that_of_the_perturbed_point() {
        // L = sum of c w^2 / 2, so the gradient is c w, and at w + e it is c (w + radius c w / |c w|).
        float[] curvature = {1, 10, 100};
        try (ParameterStore store = ParameterStore.builder("q")
                        .add("w", Parameter.Kind.WEIGHT, 3)
                        .create();
                SharpnessAscent ascent = new SharpnessAscent(store, parameter -> true);
                Scope scope = Scope.open("test")) {
            float[] w = {0.5f, -0.3f, 0.1f};
            store.array("w").put(w);
            gradient(store, curvature);
            double norm = ascent.climb(0.05);
            store.zeroGradients();
            gradient(store, curvature);
            double[] second = store.gradientOf(store.parameter("w")).toDoubles();
            ascent.descend();
            for (int i = 0; i < 3; i++) {
                double expected = curvature[i] * (w[i] + 0.05 * curvature[i] * w[i] / norm);
                assertThat(second[i]).isCloseTo(expected, within(1e-4));
            }
        }
    }

    private static void gradient(ParameterStore store, float[] curvature) {
        store.parameter("w")
                .value()
                .square()
                .multiply(Tensor.of(curvature, 3))
                .multiply(0.5)
                .sum()
                .backward();
    }

    @Test
    void without_a_gradient_nothing_moves_and_the_order_of_calls_is_held() {
        try (ParameterStore store = store();
                SharpnessAscent ascent = new SharpnessAscent(store, parameter -> true);
                Scope scope = Scope.open("test")) {
            Map<String, float[]> before = values(store);
            assertThatThrownBy(ascent::descend).isInstanceOf(IllegalStateException.class);
            assertThat(ascent.climb(0.5)).isZero();
            before.forEach(
                    (name, values) -> assertThat(store.array(name).toFloats()).containsExactly(values));
            assertThatThrownBy(() -> ascent.climb(0.5)).isInstanceOf(IllegalStateException.class);
            ascent.descend();
        }
    }
}
