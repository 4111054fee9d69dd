package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class LarsTest {

    private static final List<String> NAMES = List.of("a", "b", "bias");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** The two matrices share a leaf, as the projections of an attention do, and must still have a ratio each. */
    private static ParameterStore store() {
        return ParameterStore.builder("test")
                .addFused(List.of("a", "b"), Parameter.Kind.WEIGHT, 3, 4)
                .add("bias", Parameter.Kind.UNDECAYED, 5)
                .create();
    }

    private static JsonObject reference() {
        try (InputStream in = Objects.requireNonNull(LarsTest.class.getResourceAsStream("lars-steps.json"))) {
            return Json.parse("lars-steps.json", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static float[] floats(JsonObject arrays, String name) {
        List<Double> numbers = arrays.numbers(name);
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).floatValue();
        }
        return floats;
    }

    private static void setGradients(ParameterStore store, JsonObject gradients) {
        float[] a = floats(gradients, "a");
        float[] b = floats(gradients, "b");
        Tensor fused = store.gradientOf(store.parameter("a", "b"));
        fused.narrow(0, 0, 3).put(a);
        fused.narrow(0, 3, 3).put(b);
        store.gradientOf(store.parameter("bias")).put(floats(gradients, "bias"));
    }

    @ParameterizedTest
    @CsvSource({"lightly 1.6.0,false", "solo-learn 1.0.2,true"})
    void four_steps_are_those_of_the_reference(String reference, boolean clipped) {
        JsonObject told = reference();
        Lars.Config config = clipped
                ? Lars.Config.clipped(told.number("weight-decay"))
                : Lars.Config.defaults(told.number("weight-decay"));
        assertThat(config.momentum()).isEqualTo(told.number("momentum"));
        try (ParameterStore store = store();
                Lars optimizer = new Lars(store, config);
                Scope scope = Scope.open("test")) {
            NAMES.forEach(name -> store.array(name).put(floats(told.object("before"), name)));
            for (int step = 0; step < 4; step++) {
                setGradients(store, told.objects("gradients").get(step));
                optimizer.step(told.number("learning-rate"));
                JsonObject after = told.objects(reference).get(step);
                for (String name : NAMES) {
                    double[] found = store.array(name).toDoubles();
                    List<Double> expected = after.numbers(name);
                    for (int i = 0; i < found.length; i++) {
                        assertThat(found[i]).as(name).isCloseTo(expected.get(i), within(2e-5));
                    }
                }
            }
            assertThat(optimizer.state().steps()).isEqualTo(4);
        }
    }

    @Test
    void the_formula_holds_with_a_ratio_for_each_named_array() {
        try (ParameterStore store = store();
                Lars optimizer = new Lars(store, new Lars.Config(0, 0.1, 0.01, 0, false));
                Scope scope = Scope.open("test")) {
            store.array("a").fillInPlace(2);
            store.array("b").fillInPlace(30);
            store.gradientOf(store.parameter("a", "b")).fillInPlace(1);
            optimizer.step(0.5);
            // |w| = w sqrt(12) and |g| = sqrt(12), so the root cancels.
            assertThat(store.array("a").toDoubles()[0])
                    .isCloseTo(2 - 0.5 * 0.01 * 2 / (1 + 0.1 * 2) * (1 + 0.1 * 2), within(1e-6));
            assertThat(store.array("b").toDoubles()[0])
                    .isCloseTo(30 - 0.5 * 0.01 * 30 / (1 + 0.1 * 30) * (1 + 0.1 * 30), within(1e-5));
        }
    }

    @Test
    void weights_that_are_all_zero_still_learn() {
        try (ParameterStore store = store();
                Lars optimizer = new Lars(store, Lars.Config.defaults(0.1));
                Scope scope = Scope.open("test")) {
            store.gradientOf(store.parameter("a", "b")).fillInPlace(1);
            optimizer.step(0.5);
            assertThat(store.array("a").toFloats()).containsOnly(-0.5f);
        }
    }

    @Test
    void a_clipped_ratio_never_steps_further_than_the_rate_and_a_rate_of_zero_moves_nothing() {
        try (ParameterStore store = store();
                Lars optimizer = new Lars(store, Lars.Config.clipped(0));
                Scope scope = Scope.open("test")) {
            store.array("a").fillInPlace(1000);
            store.gradientOf(store.parameter("a", "b")).fillInPlace(1);
            optimizer.step(0);
            assertThat(store.array("a").toFloats()).containsOnly(1000f);
            optimizer.step(1e-2);
            // The momentum of the first step, 0.9, and the second gradient, each with a ratio cut to one.
            assertThat(store.array("a").toDoubles()[0]).isCloseTo(1000 - 1e-2 * 1.9, within(1e-4));
        }
    }

    @Test
    void impossible_constants_are_refused() {
        assertThatThrownBy(() -> new Lars.Config(1, 0, 0.001, 0, false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Lars.Config(0.9, 0, 0, 0, false)).isInstanceOf(IllegalArgumentException.class);
    }
}
