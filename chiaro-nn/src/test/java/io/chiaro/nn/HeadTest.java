package io.chiaro.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A head is its formula, whatever stands between its layers. */
@ExtendWith(LeakCheck.class)
class HeadTest {

    private static final int ROWS = 7;
    private static final int INPUT = 5;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "6-3",
                "6-4-3,last-norm=true",
                "6-3,norm=layer,last-norm=true,last-scale=false",
                "4,norm=none",
                "6-3,norm=none,bias=false",
                "3x6-2",
                "2x4,norm=none"
            })
    void a_head_is_its_formula(String text) {
        HeadShape shape = HeadShape.parse("head", text);
        ParameterStore.Builder builder = ParameterStore.builder("head");
        Head.declare(builder, "h.", shape, INPUT);
        try (ParameterStore store = builder.create();
                Scope scope = Scope.open("test")) {
            Head head = new Head(store, "h.", shape);
            head.start(3);
            // Scales and shifts other than one and zero, so that they count.
            RandomStream random = RandomStream.of(4, "shift");
            store.named().forEach((name, array) -> {
                if (name.contains("norm")) {
                    float[] values = array.toFloats();
                    for (int i = 0; i < values.length; i++) {
                        values[i] += (float) (0.3 * random.nextGaussian());
                    }
                    array.put(values);
                }
            });
            double[][] rows = new double[ROWS][INPUT];
            float[] flat = new float[ROWS * INPUT];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = (float) random.nextGaussian();
                rows[i / INPUT][i % INPUT] = flat[i];
            }
            float[][] found = head.forward(Tensor.of(flat, ROWS, INPUT)).toRows();
            double[][] expected = plain(store, shape, rows);
            for (int i = 0; i < ROWS; i++) {
                assertThat(found[i]).hasSize(shape.width());
                for (int k = 0; k < shape.width(); k++) {
                    assertThat((double) found[i][k]).isCloseTo(expected[i][k], within(2e-5));
                }
            }
        }
    }

    /** What each part makes of the rows, side by side. */
    private static double[][] plain(ParameterStore store, HeadShape shape, double[][] rows) {
        double[][] all = new double[rows.length][shape.width()];
        int width = shape.width() / shape.parts();
        for (int part = 0; part < shape.parts(); part++) {
            double[][] made = plain(store, shape, rows, shape.parts() == 1 ? "h." : "h.part" + part + ".");
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(made[i], 0, all[i], part * width, width);
            }
        }
        return all;
    }

    private static double[][] plain(ParameterStore store, HeadShape shape, double[][] rows, String prefix) {
        double[][] states = rows;
        for (int layer = 0; layer < shape.widths().size(); layer++) {
            boolean last = layer == shape.widths().size() - 1;
            float[][] weight = store.array(prefix + layer + ".weight").toRows();
            float[] bias = floats(store, prefix + layer + ".bias");
            double[][] next = new double[states.length][weight.length];
            for (int i = 0; i < states.length; i++) {
                for (int k = 0; k < weight.length; k++) {
                    next[i][k] = bias.length == 0 ? 0 : bias[k];
                    for (int f = 0; f < states[i].length; f++) {
                        next[i][k] += weight[k][f] * states[i][f];
                    }
                }
            }
            if (shape.norm() != HeadShape.Norm.NONE && (!last || shape.lastNorm())) {
                norm(
                        next,
                        shape.norm() == HeadShape.Norm.BATCH,
                        floats(store, prefix + layer + ".norm.weight"),
                        floats(store, prefix + layer + ".norm.bias"));
            }
            if (!last) {
                for (double[] row : next) {
                    for (int k = 0; k < row.length; k++) {
                        row[k] = Math.max(0, row[k]);
                    }
                }
            }
            states = next;
        }
        return states;
    }

    private static float[] floats(ParameterStore store, String name) {
        return store.named().containsKey(name) ? store.array(name).toFloats() : new float[0];
    }

    private static void norm(double[][] states, boolean overRows, float[] scale, float[] shift) {
        int rows = states.length;
        int width = states[0].length;
        int lines = overRows ? width : rows;
        int length = overRows ? rows : width;
        for (int line = 0; line < lines; line++) {
            double mean = 0;
            double square = 0;
            for (int at = 0; at < length; at++) {
                double value = overRows ? states[at][line] : states[line][at];
                mean += value / length;
                square += value * value / length;
            }
            double deviation = Math.sqrt(square - mean * mean + 1e-5);
            for (int at = 0; at < length; at++) {
                int row = overRows ? at : line;
                int column = overRows ? line : at;
                double value = (states[row][column] - mean) / deviation;
                states[row][column] = scale.length == 0 ? value : value * scale[column] + shift[column];
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "128",
                "512-128",
                "3x512-128",
                "2x64,last-norm=true",
                "64-32,norm=layer,activation=gelu,last-norm=true,last-scale=false,bias=false"
            })
    void a_shape_is_written_as_it_is_read(String text) {
        assertThat(HeadShape.parse("head", text).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "12-",
                "a",
                "12,nrom=batch",
                "12,norm=bach",
                "12,bias=maybe",
                "-3",
                "0x12",
                "x12",
                "3x",
                "100x2"
            })
    void what_is_no_shape_is_refused(String text) {
        assertThatThrownBy(() -> HeadShape.parse("head", text))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set head");
    }

    @Test
    void the_parts_of_a_head_begin_with_numbers_of_their_own() {
        HeadShape shape = HeadShape.parse("head", "2x4,norm=none");
        ParameterStore.Builder builder = ParameterStore.builder("head");
        Head.declare(builder, "h.", shape, INPUT);
        try (ParameterStore store = builder.create()) {
            new Head(store, "h.", shape).start(3);
            assertThat(store.array("h.part0.0.weight").toFloats())
                    .isNotEqualTo(store.array("h.part1.0.weight").toFloats());
        }
    }

    @Test
    void a_misspelt_choice_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> HeadShape.parse("head", "12,nrom=batch")).hasMessageContaining("\"norm\"");
    }
}
