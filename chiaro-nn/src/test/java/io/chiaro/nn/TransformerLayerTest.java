package io.chiaro.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class TransformerLayerTest {

    private static final String PREFIX = "encoder.layer.0.";
    private static final TransformerLayer.Shape SHAPE = new TransformerLayer.Shape(6, 3, 10, 1e-6);

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static ParameterStore parameters(long seed) {
        ParameterStore.Builder builder = ParameterStore.builder("layer");
        TransformerLayer.declare(builder, PREFIX, SHAPE);
        ParameterStore store = builder.create();
        store.named().forEach((name, array) -> array.put(gaussian(seed, name, (int) array.count())));
        return store;
    }

    private static float[] gaussian(long seed, String name, int count) {
        RandomStream random = RandomStream.of(seed, name);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (0.7 * random.nextGaussian() + (name.endsWith("LayerNorm.weight") ? 1 : 0));
        }
        return values;
    }

    private static PackedSequences packed(int... lengths) {
        List<int[]> sequences = new ArrayList<>();
        for (int length : lengths) {
            sequences.add(new int[length]);
        }
        return PackedSequences.of(sequences);
    }

    /** The layer in plain double precision, one sequence at a time, straight from the formulas. */
    private static double[][] plain(ParameterStore store, double[][] x, boolean causal) {
        double[][] q = linear(store, "attention.self.query", x);
        double[][] k = linear(store, "attention.self.key", x);
        double[][] v = linear(store, "attention.self.value", x);
        int head = SHAPE.hiddenSize() / SHAPE.heads();
        double[][] context = new double[x.length][SHAPE.hiddenSize()];
        for (int h = 0; h < SHAPE.heads(); h++) {
            for (int i = 0; i < x.length; i++) {
                int seen = causal ? i + 1 : x.length;
                double[] weights = new double[seen];
                double sum = 0;
                for (int j = 0; j < seen; j++) {
                    double score = 0;
                    for (int d = h * head; d < (h + 1) * head; d++) {
                        score += q[i][d] * k[j][d];
                    }
                    weights[j] = Math.exp(score / Math.sqrt(head));
                    sum += weights[j];
                }
                for (int j = 0; j < seen; j++) {
                    for (int d = h * head; d < (h + 1) * head; d++) {
                        context[i][d] += weights[j] / sum * v[j][d];
                    }
                }
            }
        }
        double[][] a = norm(store, "attention.output", plus(x, linear(store, "attention.output.dense", context)));
        double[][] inner = linear(store, "intermediate.dense", a);
        for (double[] row : inner) {
            for (int d = 0; d < row.length; d++) {
                row[d] = row[d] * phi(row[d]);
            }
        }
        return norm(store, "output", plus(a, linear(store, "output.dense", inner)));
    }

    /** The distribution function of the normal distribution, by its series around 0; exact enough for |x| below 8. */
    private static double phi(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double[][] linear(ParameterStore store, String name, double[][] x) {
        float[] weight = store.array(PREFIX + name + ".weight").toFloats();
        float[] bias = store.array(PREFIX + name + ".bias").toFloats();
        double[][] result = new double[x.length][bias.length];
        for (int i = 0; i < x.length; i++) {
            for (int o = 0; o < bias.length; o++) {
                result[i][o] = bias[o];
                for (int d = 0; d < x[i].length; d++) {
                    result[i][o] += weight[o * x[i].length + d] * x[i][d];
                }
            }
        }
        return result;
    }

    private static double[][] norm(ParameterStore store, String name, double[][] x) {
        float[] scale = store.array(PREFIX + name + ".LayerNorm.weight").toFloats();
        float[] shift = store.array(PREFIX + name + ".LayerNorm.bias").toFloats();
        double[][] result = new double[x.length][];
        for (int i = 0; i < x.length; i++) {
            int n = x[i].length;
            double mean = 0;
            for (double value : x[i]) {
                mean += value / n;
            }
            double variance = 0;
            for (double value : x[i]) {
                variance += (value - mean) * (value - mean) / n;
            }
            result[i] = new double[n];
            for (int d = 0; d < n; d++) {
                result[i][d] = (x[i][d] - mean) / Math.sqrt(variance + SHAPE.epsilon()) * scale[d] + shift[d];
            }
        }
        return result;
    }

    private static double[][] plus(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int d = 0; d < sum[i].length; d++) {
                sum[i][d] = a[i][d] + b[i][d];
            }
        }
        return sum;
    }

    @Test
    void a_layer_is_its_formula_for_every_sequence_of_a_batch() {
        for (boolean causal : new boolean[] {false, true}) {
            Property.check(10, random -> {
                int[] lengths = random.ints(1 + random.nextInt(5), 1, 7).toArray();
                PackedSequences packed = packed(lengths);
                float[] states = gaussian(random.nextLong(), "states", packed.tokens() * SHAPE.hiddenSize());
                try (ParameterStore store = parameters(random.nextLong());
                        Scope scope = Scope.open("test");
                        Grad off = Grad.disabled()) {
                    TransformerLayer layer = new TransformerLayer(store, PREFIX, SHAPE);
                    Tensor x = Tensor.of(states, packed.tokens(), SHAPE.hiddenSize());
                    float[][] found = layer.feedForward(layer.attend(x, packed, Dropout.off(), causal), Dropout.off())
                            .toRows();
                    if (!causal) {
                        assertThat(layer.forward(x, packed, Dropout.off()).toRows())
                                .isDeepEqualTo(found);
                    }
                    int at = 0;
                    for (int place : packed.order()) {
                        double[][] own = new double[lengths[place]][SHAPE.hiddenSize()];
                        for (int t = 0; t < own.length; t++) {
                            for (int d = 0; d < SHAPE.hiddenSize(); d++) {
                                own[t][d] = states[(at + t) * SHAPE.hiddenSize() + d];
                            }
                        }
                        double[][] expected = plain(store, own, causal);
                        for (int t = 0; t < own.length; t++) {
                            for (int d = 0; d < SHAPE.hiddenSize(); d++) {
                                assertThat((double) found[at + t][d]).isCloseTo(expected[t][d], within(2e-5));
                            }
                        }
                        at += own.length;
                    }
                }
            });
        }
    }

    @Test
    void the_state_of_a_text_is_the_same_in_any_order_of_the_batch() {
        Property.check(10, random -> {
            List<Integer> lengths = new ArrayList<>(
                    random.ints(2 + random.nextInt(6), 1, 6).boxed().toList());
            List<Integer> order = new ArrayList<>(
                    java.util.stream.IntStream.range(0, lengths.size()).boxed().toList());
            Collections.shuffle(order, new Random(random.nextLong()));
            try (ParameterStore store = parameters(3);
                    Scope scope = Scope.open("test");
                    Grad off = Grad.disabled()) {
                TransformerLayer layer = new TransformerLayer(store, PREFIX, SHAPE);
                List<List<Float>> straight = states(
                        layer,
                        lengths,
                        java.util.stream.IntStream.range(0, lengths.size())
                                .boxed()
                                .toList());
                List<List<Float>> shuffled = states(layer, lengths, order);
                for (int i = 0; i < order.size(); i++) {
                    List<Float> one = straight.get(order.get(i));
                    List<Float> other = shuffled.get(i);
                    assertThat(other).hasSameSizeAs(one);
                    for (int k = 0; k < one.size(); k++) {
                        assertThat(other.get(k)).isCloseTo(one.get(k), within(1e-5f));
                    }
                }
            }
        });
    }

    /** The states of each text, texts in the given order; text i has the same input wherever it stands. */
    private static List<List<Float>> states(TransformerLayer layer, List<Integer> lengths, List<Integer> order) {
        int width = SHAPE.hiddenSize();
        PackedSequences packed = packed(order.stream().mapToInt(lengths::get).toArray());
        float[] input = new float[packed.tokens() * width];
        int at = 0;
        for (int place : packed.order()) {
            int text = order.get(place);
            float[] own = gaussian(9, "text " + text, lengths.get(text) * width);
            System.arraycopy(own, 0, input, at, own.length);
            at += own.length;
        }
        float[] output = layer.forward(Tensor.of(input, packed.tokens(), width), packed, Dropout.off())
                .toFloats();
        List<List<Float>> states = new ArrayList<>(Collections.nCopies(order.size(), List.of()));
        at = 0;
        for (int place : packed.order()) {
            List<Float> own = new ArrayList<>();
            for (int k = 0; k < lengths.get(order.get(place)) * width; k++) {
                own.add(output[at++]);
            }
            states.set(place, own);
        }
        return states;
    }

    @Test
    void gradients_are_finite_differences_with_and_without_dropout() {
        PackedSequences packed = packed(3, 1, 3, 2);
        float[] states = gaussian(4, "states", packed.tokens() * SHAPE.hiddenSize());
        float[] direction = gaussian(4, "direction", packed.tokens() * SHAPE.hiddenSize());
        for (double probability : new double[] {0, 0.3}) {
            try (ParameterStore store = parameters(5)) {
                TransformerLayer layer = new TransformerLayer(store, PREFIX, SHAPE);
                try (Scope scope = Scope.open("gradient")) {
                    value(layer, packed, states, direction, probability).backward();
                }
                for (Parameter parameter : store.parameters()) {
                    float[] gradient;
                    try (Scope scope = Scope.open("read")) {
                        gradient = java.util.Objects.requireNonNull(
                                        parameter.value().gradient())
                                .toFloats();
                    }
                    for (int i = 0; i < gradient.length; i += 1 + gradient.length / 7) {
                        double numeric = slope(parameter, i, layer, packed, states, direction, probability);
                        assertThat((double) gradient[i])
                                .as("%s[%d]", parameter.name(), i)
                                .isCloseTo(numeric, within(2e-3 + 1e-2 * Math.abs(numeric)));
                    }
                }
            }
        }
    }

    private static double slope(
            Parameter parameter,
            int index,
            TransformerLayer layer,
            PackedSequences packed,
            float[] states,
            float[] direction,
            double probability) {
        double step = 2e-3;
        double[] values = new double[2];
        try (Scope scope = Scope.open("slope");
                Grad off = Grad.disabled()) {
            Tensor flat = parameter.value().detach();
            float[] before = new float[1];
            flat.get(index, before, 0, 1);
            for (int side = 0; side < 2; side++) {
                flat.put(index, new float[] {(float) (before[0] + (side == 0 ? -step : step))}, 0, 1);
                values[side] =
                        value(layer, packed, states, direction, probability).item();
            }
            flat.put(index, before, 0, 1);
        }
        return (values[1] - values[0]) / (2 * step);
    }

    private static Tensor value(
            TransformerLayer layer, PackedSequences packed, float[] states, float[] direction, double probability) {
        Tensor x = Tensor.of(states, packed.tokens(), SHAPE.hiddenSize());
        return layer.forward(x, packed, Dropout.at(probability, 31))
                .multiply(Tensor.of(direction, packed.tokens(), SHAPE.hiddenSize()))
                .sum();
    }
}
