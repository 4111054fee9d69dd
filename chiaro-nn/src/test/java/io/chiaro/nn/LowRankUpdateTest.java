package io.chiaro.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three projections of which the first and the last have an update of rank 2 and alpha 6. */
@ExtendWith(LeakCheck.class)
class LowRankUpdateTest {

    private static final int INPUTS = 4;
    private static final int OUTPUTS = 3;
    private static final int RANK = 2;
    private static final double SCALE = 6.0 / RANK;
    private static final List<String> WEIGHTS = List.of("q.weight", "k.weight", "v.weight");
    private static final List<String> BIASES = List.of("q.bias", "k.bias", "v.bias");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static ParameterStore store(boolean updated) {
        ParameterStore.Builder builder = ParameterStore.builder("test")
                .addFused(WEIGHTS, Kind.WEIGHT, OUTPUTS, INPUTS)
                .addFused(BIASES, Kind.UNDECAYED, OUTPUTS)
                .freeze();
        if (updated) {
            LowRankUpdate.declare(builder, "q.weight", OUTPUTS, INPUTS, RANK);
            LowRankUpdate.declare(builder, "v.weight", OUTPUTS, INPUTS, RANK);
        }
        ParameterStore store = builder.create();
        try (Scope scope = Scope.open("fill")) {
            WEIGHTS.forEach(name -> store.array(name).put(random(name, OUTPUTS * INPUTS)));
            BIASES.forEach(name -> store.array(name).put(random(name, OUTPUTS)));
            if (updated) {
                LowRankUpdate.start(store, 6, 5);
            }
        }
        return store;
    }

    private static float[] random(String name, int count) {
        RandomStream random = RandomStream.of(9, name);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static void learnSomething(ParameterStore store) {
        for (String name : List.of("q", "v")) {
            store.array("lora." + name + ".weight.B").put(random("B of " + name, OUTPUTS * RANK));
        }
    }

    private static Tensor states() {
        return Tensor.of(random("states", 5 * INPUTS), 5, INPUTS);
    }

    private static float[][] apply(ParameterStore store) {
        try (Grad off = Grad.disabled()) {
            return new Linear(store, WEIGHTS, BIASES).apply(states()).toRows();
        }
    }

    @Test
    void at_first_nothing_has_changed_to_the_bit() {
        try (ParameterStore plain = store(false);
                ParameterStore updated = store(true);
                Scope scope = Scope.open("test")) {
            assertThat(apply(updated)).isDeepEqualTo(apply(plain));
            assertThat(updated.array("lora.q.weight.A").norm().item()).isGreaterThan(0.5);
        }
    }

    @Test
    void the_result_is_its_formula() {
        try (ParameterStore store = store(true);
                Scope scope = Scope.open("test")) {
            learnSomething(store);
            float[][] found = apply(store);
            float[] x = random("states", 5 * INPUTS);
            for (int p = 0; p < 3; p++) {
                String name = WEIGHTS.get(p);
                float[] weight = random(name, OUTPUTS * INPUTS);
                float[] bias = random(BIASES.get(p), OUTPUTS);
                float[] up = p == 1
                        ? new float[0]
                        : store.array("lora." + name + ".B").toFloats();
                float[] down = p == 1
                        ? new float[0]
                        : store.array("lora." + name + ".A").toFloats();
                for (int n = 0; n < 5; n++) {
                    for (int o = 0; o < OUTPUTS; o++) {
                        double expected = bias[o];
                        for (int i = 0; i < INPUTS; i++) {
                            double change = 0;
                            for (int r = 0; p != 1 && r < RANK; r++) {
                                change += SCALE * up[o * RANK + r] * down[r * INPUTS + i];
                            }
                            expected += (weight[o * INPUTS + i] + change) * x[n * INPUTS + i];
                        }
                        assertThat(found[n][p * OUTPUTS + o]).isCloseTo((float) expected, within(2e-5f));
                    }
                }
            }
        }
    }

    @Test
    void merged_equals_unmerged() {
        try (ParameterStore store = store(true);
                Scope scope = Scope.open("test")) {
            learnSomething(store);
            float[][] before = apply(store);
            float[] weight = store.array("q.weight").toFloats();
            LowRankUpdate.merge(store);
            assertThat(store.array("q.weight").toFloats()).isNotEqualTo(weight);
            assertThat(store.array("k.weight").toFloats()).containsExactly(random("k.weight", OUTPUTS * INPUTS));
            float[][] after = apply(store);
            for (int n = 0; n < before.length; n++) {
                assertThat(after[n]).containsExactly(before[n], within(1e-5f));
            }
            LowRankUpdate.merge(store);
            assertThat(apply(store)).isDeepEqualTo(after);
        }
    }

    @Test
    void gradients_reach_the_factors_and_only_them() {
        try (ParameterStore store = store(true);
                Scope scope = Scope.open("test")) {
            learnSomething(store);
            store.zeroGradients();
            new Linear(store, WEIGHTS, BIASES).apply(states()).sum().backward();
            assertThat(store.parameters())
                    .extracting(Parameter::name)
                    .containsExactlyInAnyOrder(
                            "lora.q.weight.A", "lora.q.weight.B", "lora.v.weight.A", "lora.v.weight.B");
            // The sum has the gradient scale * (A x summed over n) for every row of B.
            float[] x = random("states", 5 * INPUTS);
            float[] down = store.array("lora.v.weight.A").toFloats();
            double[] found = Objects.requireNonNull(
                            store.parameter("lora.v.weight.B").value().gradient())
                    .toDoubles();
            for (int o = 0; o < OUTPUTS; o++) {
                for (int r = 0; r < RANK; r++) {
                    double expected = 0;
                    for (int n = 0; n < 5; n++) {
                        for (int i = 0; i < INPUTS; i++) {
                            expected += SCALE * down[r * INPUTS + i] * x[n * INPUTS + i];
                        }
                    }
                    assertThat(found[o * RANK + r]).isCloseTo(expected, within(1e-4));
                }
            }
        }
    }

    @Test
    void the_weight_of_a_convolution_is_a_matrix_of_patches() {
        int patch = 2 * 3 * 3;
        ParameterStore.Builder builder = ParameterStore.builder("test")
                .add("conv.weight", Kind.WEIGHT, OUTPUTS, 2, 3, 3)
                .freeze();
        LowRankUpdate.declare(builder, "conv.weight", OUTPUTS, patch, RANK);
        try (ParameterStore store = builder.create();
                Scope scope = Scope.open("test")) {
            float[] weight = random("conv.weight", OUTPUTS * patch);
            store.array("conv.weight").put(weight);
            LowRankUpdate.start(store, 6, 5);
            Tensor stored = store.parameter("conv.weight").value();
            LowRankUpdate update = LowRankUpdate.of(store, "conv.weight").orElseThrow();
            assertThat(update.addedTo(stored).toFloats()).containsExactly(weight);
            float[] up = random("B", OUTPUTS * RANK);
            store.array("lora.conv.weight.B").put(up);
            float[] down = store.array("lora.conv.weight.A").toFloats();
            Tensor changed = update.addedTo(stored);
            float[] found = changed.toFloats();
            for (int o = 0; o < OUTPUTS; o++) {
                for (int i = 0; i < patch; i++) {
                    double expected = weight[o * patch + i];
                    for (int r = 0; r < RANK; r++) {
                        expected += SCALE * up[o * RANK + r] * down[r * patch + i];
                    }
                    assertThat((double) found[o * patch + i]).isCloseTo(expected, within(1e-5));
                }
            }
            assertThat(changed.shape()).containsExactly(OUTPUTS, 2, 3, 3);
            // What is saved computes the same to the bit, since the sum is the same.
            LowRankUpdate.merge(store);
            assertThat(store.array("conv.weight").toFloats()).containsExactly(found);
        }
    }

    @Test
    void a_rank_beyond_the_matrix_is_refused() {
        ParameterStore.Builder builder = ParameterStore.builder("test");
        assertThatThrownBy(() -> LowRankUpdate.declare(builder, "w", 3, 8, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 1 to 3");
    }
}
