package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class ParameterStoreTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static ParameterStore store() {
        return ParameterStore.builder("test")
                .add("table", Parameter.Kind.TABLE, 10, 4)
                .addFused(List.of("q", "k"), Parameter.Kind.WEIGHT, 3, 4)
                .add("bias", Parameter.Kind.UNDECAYED, 6)
                .create();
    }

    private static void fill(ParameterStore store, long seed) {
        store.named().forEach((name, tensor) -> {
            RandomStream random = RandomStream.of(seed, name);
            float[] values = new float[(int) tensor.count()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            tensor.put(values);
        });
    }

    @Test
    void fused_parameters_are_one_leaf_with_named_windows() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            fill(store, 1);

            assertThat(store.parameter("q", "k").value().shape()).containsExactly(6, 4);
            assertThat(store.parameter("q", "k")
                            .value()
                            .detach()
                            .narrow(0, 3, 3)
                            .toFloats())
                    .containsExactly(store.array("k").toFloats());
            assertThat(store.count()).isEqualTo(40 + 24 + 6);
        }
    }

    @Test
    void gradients_accumulate_into_the_flat_buffer_and_are_zeroed() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            fill(store, 2);
            Tensor x = Tensor.ones(2, 4);

            x.linear(store.parameter("q", "k").value(), store.parameter("bias").value())
                    .sum()
                    .backward();
            x.linear(store.parameter("q", "k").value()).sum().backward();

            assertThat(store.gradientOf(store.parameter("bias")).toFloats()).containsOnly(2f);
            assertThat(store.gradientOf(store.parameter("q", "k")).toFloats()).containsOnly(4f);
            assertThat(store.gradientNorm()).isCloseTo(Math.sqrt(6 * 4 + 24 * 16), within(1e-5));

            store.zeroGradients();
            assertThat(store.gradientNorm()).isZero();
        }
    }

    @Test
    void clipping_scales_every_gradient_to_the_limit() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            store.addRowGradients(store.parameter("table"), new int[] {3, 3, 7}, Tensor.ones(3, 4));
            Tensor.ones(1, 4).linear(store.parameter("q", "k").value()).sum().backward();

            double before = store.clipGradients(1.0);

            assertThat(before).isCloseTo(Math.sqrt(4 * 4 + 4 + 24), within(1e-5));
            assertThat(store.gradientNorm()).isCloseTo(1.0, within(1e-5));
        }
    }

    @Test
    void the_rows_that_occurred_are_known() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            store.addRowGradients(store.parameter("table"), new int[] {7, 2, 7}, Tensor.ones(3, 4));
            assertThat(store.touchedRows(store.parameter("table"))).containsExactly(2, 7);

            store.touchAllRows(store.parameter("table"));
            assertThat(store.touchedRows(store.parameter("table"))).hasSize(10);

            store.zeroGradients();
            assertThat(store.touchedRows(store.parameter("table"))).isEmpty();
            assertThat(store.gradientOf(store.parameter("table")).toFloats()).containsOnly(0f);
        }
    }

    @Test
    void adamw_follows_its_formula_for_twenty_steps() {
        AdamW.Config config = AdamW.Config.defaults().withWeightDecay(0.1);
        try (ParameterStore store = store();
                AdamW optimizer = new AdamW(store, config);
                Scope scope = Scope.open("test")) {
            fill(store, 3);
            double[] weight = store.array("q").toDoubles();
            double[] bias = store.array("bias").toDoubles();
            Formula ofWeight = new Formula(weight, 0.1);
            Formula ofBias = new Formula(bias, 0);

            for (int step = 1; step <= 20; step++) {
                RandomStream random = RandomStream.of(4, "gradient", step);
                float[] g = new float[24];
                float[] b = new float[6];
                for (int i = 0; i < g.length; i++) {
                    g[i] = (float) random.nextGaussian();
                }
                for (int i = 0; i < b.length; i++) {
                    b[i] = (float) random.nextGaussian();
                }
                store.zeroGradients();
                store.gradientOf(store.parameter("q", "k")).put(g);
                store.gradientOf(store.parameter("bias")).put(b);
                optimizer.step(0.01);
                ofWeight.step(g, step);
                ofBias.step(b, step);
            }

            assertClose(store.array("q").toDoubles(), weight);
            assertClose(store.array("bias").toDoubles(), bias);
        }
    }

    @Test
    void lazy_adamw_moves_only_the_rows_that_occurred() {
        try (ParameterStore store = store();
                AdamW optimizer = new AdamW(store, AdamW.Config.defaults().withLazyTables(true));
                Scope scope = Scope.open("test")) {
            fill(store, 5);
            double[] before = store.array("table").toDoubles();

            store.addRowGradients(store.parameter("table"), new int[] {2, 9}, Tensor.ones(2, 4));
            optimizer.step(0.01);

            double[] after = store.array("table").toDoubles();
            for (int i = 0; i < after.length; i++) {
                boolean occurred = i / 4 == 2 || i / 4 == 9;
                assertThat(after[i] != before[i]).as("row %d", i / 4).isEqualTo(occurred);
            }
        }
    }

    @Test
    void lazy_adamw_equals_adamw_when_every_row_occurs() {
        try (ParameterStore dense = store();
                ParameterStore lazy = store();
                AdamW ofDense = new AdamW(dense, AdamW.Config.defaults());
                AdamW ofLazy = new AdamW(lazy, AdamW.Config.defaults().withLazyTables(true));
                Scope scope = Scope.open("test")) {
            fill(dense, 6);
            fill(lazy, 6);
            int[] all = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
            for (int step = 0; step < 3; step++) {
                for (ParameterStore store : List.of(dense, lazy)) {
                    store.zeroGradients();
                    store.addRowGradients(store.parameter("table"), all, Tensor.full(step + 1, 10, 4));
                }
                ofDense.step(0.01);
                ofLazy.step(0.01);
            }
            assertThat(lazy.array("table").toFloats())
                    .containsExactly(dense.array("table").toFloats());
        }
    }

    @Test
    void what_is_frozen_is_used_like_the_rest_and_has_neither_gradient_nor_a_place_in_a_step() {
        try (ParameterStore store = ParameterStore.builder("test")
                        .add("table", Parameter.Kind.TABLE, 10, 4)
                        .addFused(List.of("q", "k"), Parameter.Kind.WEIGHT, 3, 4)
                        .freeze()
                        .add("factor", Parameter.Kind.WEIGHT, 2, 4)
                        .create();
                AdamW optimizer = new AdamW(store, AdamW.Config.defaults());
                Scope scope = Scope.open("test")) {
            fill(store, 8);
            float[] before = store.array("q").toFloats();
            Tensor fused = store.parameter("q", "k").value();
            assertThat(fused.shape()).containsExactly(6, 4);
            assertThat(fused.narrow(0, 3, 3).toFloats())
                    .containsExactly(store.array("k").toFloats());
            assertThat(fused.requiresGrad()).isFalse();

            store.parameter("factor").value().linear(fused).sum().backward();
            store.touchAllRows(store.parameter("table"));
            optimizer.step(0.1);

            assertThat(store.array("q").toFloats()).containsExactly(before);
            assertThat(store.count()).isEqualTo(8);
            assertThat(store.countKept()).isEqualTo(8 + 40 + 24);
            assertThat(store.parameters()).extracting(Parameter::name).containsExactly("factor");
            assertThat(optimizer.state().arrays().values().stream()
                            .mapToLong(Tensor::count)
                            .sum())
                    .isLessThanOrEqualTo(2 * 16);
            assertThat(store.has("k")).isTrue();
            assertThat(store.has("v")).isFalse();
        }
    }

    @Test
    void gradients_are_scaled_together() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            store.addRowGradients(store.parameter("table"), new int[] {2}, Tensor.ones(1, 4));
            store.gradientOf(store.parameter("bias")).fillInPlace(3);
            store.scaleGradients(0.5);
            assertThat(store.gradientOf(store.parameter("bias")).toFloats()).containsOnly(1.5f);
            assertThat(store.gradientOf(store.parameter("table")).sum().item()).isEqualTo(2);
        }
    }

    @Test
    void sgd_follows_its_formula() {
        try (ParameterStore store = store();
                Sgd optimizer = new Sgd(store, 0.9, 0.1);
                Scope scope = Scope.open("test")) {
            fill(store, 7);
            double[] weight = store.array("q").toDoubles();
            double[] momentum = new double[weight.length];
            for (int step = 0; step < 3; step++) {
                store.zeroGradients();
                Tensor.ones(1, 4)
                        .linear(store.parameter("q", "k").value())
                        .sum()
                        .backward();
                optimizer.step(0.01);
                for (int i = 0; i < weight.length; i++) {
                    momentum[i] = 0.9 * momentum[i] + 1 + 0.1 * weight[i];
                    weight[i] -= 0.01 * momentum[i];
                }
            }
            assertClose(store.array("q").toDoubles(), weight);
        }
    }

    private static void assertClose(double[] actual, double[] expected) {
        for (int i = 0; i < expected.length && i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-5));
        }
    }

    /** AdamW on one array, in double precision, straight from the paper. */
    private static final class Formula {
        private final double[] w;
        private final double[] m;
        private final double[] v;
        private final double decay;

        Formula(double[] w, double decay) {
            this.w = w;
            this.m = new double[w.length];
            this.v = new double[w.length];
            this.decay = decay;
        }

        void step(float[] g, int t) {
            for (int i = 0; i < w.length; i++) {
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * (double) g[i];
                double mean = m[i] / (1 - Math.pow(0.9, t));
                double square = v[i] / (1 - Math.pow(0.999, t));
                w[i] = w[i] * (1 - 0.01 * decay) - 0.01 * mean / (Math.sqrt(square) + 1e-8);
            }
        }
    }
}
