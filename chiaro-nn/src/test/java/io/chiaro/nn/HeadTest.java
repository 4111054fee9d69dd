package io.chiaro.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.Arrays;
import java.util.Objects;
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
                "2x4,norm=none",
                "6-3,last-activation=relu",
                "6-4,last-norm=whitening",
                "2x6-3,norm=layer,last-norm=whitening,decay=0.5",
                "6-3,activation=none,last-norm=true,last-activation=relu,decay=0.9",
                "reweighting,decay=0.7"
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
                assertThat(found[i]).hasSize(shape.width(INPUT));
                for (int k = 0; k < shape.width(INPUT); k++) {
                    assertThat((double) found[i][k]).isCloseTo(expected[i][k], within(2e-5));
                }
            }
        }
    }

    /** What each part makes of the rows, side by side. */
    private static double[][] plain(ParameterStore store, HeadShape shape, double[][] rows) {
        double[][] all = new double[rows.length][shape.width(INPUT)];
        int width = shape.width(INPUT) / shape.parts();
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
            if (last && shape.last().norm() == HeadShape.LastNorm.WHITENING) {
                next = whitened(next);
            } else if (shape.norm() != HeadShape.Norm.NONE
                    && (!last || shape.last().norm() == HeadShape.LastNorm.SAME)) {
                norm(
                        next,
                        shape.norm() == HeadShape.Norm.BATCH,
                        floats(store, prefix + layer + ".norm.weight"),
                        floats(store, prefix + layer + ".norm.bias"));
            }
            HeadShape.Activation activation = last ? shape.last().activation() : shape.activation();
            if (activation == HeadShape.Activation.RELU) {
                for (double[] row : next) {
                    for (int k = 0; k < row.length; k++) {
                        row[k] = Math.max(0, row[k]);
                    }
                }
            }
            states = next;
        }
        double[][] weighted = new double[states.length][];
        for (int i = 0; i < states.length; i++) {
            weighted[i] = states[i].clone();
            for (int k = 0; k < weighted[i].length; k++) {
                weighted[i][k] *= Math.pow(shape.last().decay(), k);
            }
        }
        return weighted;
    }

    /** Five iterations of Newton towards the inverse root of the covariance. */
    private static double[][] whitened(double[][] rows) {
        int n = rows.length;
        int d = rows[0].length;
        double[][] centred = new double[n][d];
        for (int k = 0; k < d; k++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[k] / n;
            }
            for (int i = 0; i < n; i++) {
                centred[i][k] = rows[i][k] - mean;
            }
        }
        double[][] share = new double[d][d];
        double trace = 0;
        for (int a = 0; a < d; a++) {
            for (int b = 0; b < d; b++) {
                share[a][b] = a == b ? 1e-5 : 0;
                for (double[] row : centred) {
                    share[a][b] += row[a] * row[b] / n;
                }
            }
            trace += share[a][a];
        }
        double[][] root = new double[d][d];
        for (int a = 0; a < d; a++) {
            root[a][a] = 1;
            for (int b = 0; b < d; b++) {
                share[a][b] /= trace;
            }
        }
        for (int step = 0; step < 5; step++) {
            double[][] product = times(times(times(root, root), root), share);
            for (int a = 0; a < d; a++) {
                for (int b = 0; b < d; b++) {
                    product[a][b] = (3 * root[a][b] - product[a][b]) / 2;
                }
            }
            root = product;
        }
        double[][] white = times(centred, root);
        for (double[] row : white) {
            for (int k = 0; k < d; k++) {
                row[k] /= Math.sqrt(trace);
            }
        }
        return white;
    }

    private static double[][] times(double[][] a, double[][] b) {
        double[][] product = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b[0].length; j++) {
                for (int k = 0; k < b.length; k++) {
                    product[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return product;
    }

    @Test
    void whitened_rows_have_the_identity_as_covariance_where_their_variances_are_near_each_other() {
        RandomStream random = RandomStream.of(5, "rows");
        double[][] rows = new double[400][4];
        float[] flat = new float[1600];
        for (int i = 0; i < flat.length; i++) {
            // Two features that depend on each other.
            double own = random.nextGaussian();
            rows[i / 4][i % 4] = i % 4 == 1 ? own + 0.5 * rows[i / 4][0] : own;
            flat[i] = (float) (3 + rows[i / 4][i % 4]);
        }
        try (Scope scope = Scope.open("test")) {
            float[][] white = Whitening.of(Tensor.of(flat, 400, 4)).toRows();
            for (int a = 0; a < 4; a++) {
                for (int b = 0; b < 4; b++) {
                    double covariance = 0;
                    for (float[] row : white) {
                        covariance += row[a] * row[b] / 400;
                    }
                    assertThat(covariance).isCloseTo(a == b ? 1 : 0, within(2e-2));
                }
            }
        }
    }

    @Test
    void the_gradient_through_whitening_is_that_of_differences() {
        RandomStream random = RandomStream.of(6, "rows");
        double[] flat = normal(random, 7 * 4);
        double[] weights = normal(random, 7 * 4);
        try (Scope scope = Scope.open("test")) {
            Tensor leaf = Tensor.of(flat, 7, 4).leaf();
            double[] found;
            try (Grad on = Grad.enabled()) {
                Whitening.of(leaf).multiply(Tensor.of(weights, 7, 4)).sum().backward();
                found = Objects.requireNonNull(leaf.gradient()).toDoubles();
            }
            for (int at = 0; at < flat.length; at++) {
                double[] slope = new double[2];
                for (int side = 0; side < 2; side++) {
                    double[][] moved = new double[7][4];
                    for (int i = 0; i < flat.length; i++) {
                        moved[i / 4][i % 4] = flat[i] + (i == at ? (side == 0 ? -1e-6 : 1e-6) : 0);
                    }
                    double[][] white = whitened(moved);
                    for (int i = 0; i < flat.length; i++) {
                        slope[side] += weights[i] * white[i / 4][i % 4];
                    }
                }
                assertThat(found[at]).isCloseTo((slope[1] - slope[0]) / 2e-6, within(1e-6));
            }
        }
    }

    private static double[] normal(RandomStream random, int count) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> random.nextGaussian());
        return values;
    }

    @Test
    void a_head_is_a_matrix_only_if_nothing_stands_beside_it() {
        assertThat(HeadShape.parse("head", "6,norm=none,bias=false").isMatrix()).isTrue();
        assertThat(HeadShape.parse("head", "6,bias=false").isMatrix()).isTrue();
        for (String text : new String[] {
            "6",
            "6-3,bias=false",
            "2x6,bias=false",
            "6,bias=false,last-norm=true",
            "6,bias=false,norm=none,last-norm=whitening",
            "6,bias=false,last-activation=relu",
            "6,bias=false,decay=0.5",
            "reweighting,decay=0.5"
        }) {
            assertThat(HeadShape.parse("head", text).isMatrix()).as(text).isFalse();
        }
    }

    @Test
    void only_norms_over_rows_couple_them() {
        for (String text : new String[] {"6-3", "6,last-norm=true", "6,norm=layer,last-norm=whitening", "2x6-3"}) {
            assertThat(HeadShape.parse("head", text).couplesRows()).as(text).isTrue();
        }
        for (String text :
                new String[] {"6", "6-3,norm=layer,last-norm=true", "6-3,norm=none", "reweighting,decay=0.9"}) {
            assertThat(HeadShape.parse("head", text).couplesRows()).as(text).isFalse();
        }
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
                "100x2",
                "12,norm=none,last-norm=true"
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
