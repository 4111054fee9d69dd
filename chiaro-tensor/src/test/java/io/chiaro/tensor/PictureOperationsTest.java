package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Convolution, normalisation and pooling against plain loops, and their gradients against differences. */
@ExtendWith(LeakCheck.class)
class PictureOperationsTest {

    private static final double STEP = 1e-6;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static double[] numbers(SplittableRandom random, int count) {
        return random.doubles(count, -1.5, 1.5).toArray();
    }

    @Test
    void convolution_equals_plain_loops_for_any_stride_and_padding() {
        Property.check(30, random -> {
            int n = random.nextInt(1, 4);
            int in = random.nextInt(1, 4);
            int out = random.nextInt(1, 5);
            int side = random.nextInt(1, 4);
            int height = random.nextInt(side, 8);
            int width = random.nextInt(side, 8);
            int stride = random.nextInt(1, 4);
            int padding = random.nextInt(0, 3);
            double[] x = numbers(random, n * in * height * width);
            double[] w = numbers(random, out * in * side * side);
            double[] b = numbers(random, out);
            int outHeight = (height + 2 * padding - side) / stride + 1;
            int outWidth = (width + 2 * padding - side) / stride + 1;
            double[] expected = new double[n * out * outHeight * outWidth];
            for (int p = 0; p < n; p++) {
                for (int o = 0; o < out; o++) {
                    for (int i = 0; i < outHeight; i++) {
                        for (int j = 0; j < outWidth; j++) {
                            double sum = b[o];
                            for (int c = 0; c < in; c++) {
                                for (int k = 0; k < side; k++) {
                                    for (int l = 0; l < side; l++) {
                                        int y = i * stride + k - padding;
                                        int z = j * stride + l - padding;
                                        if (y >= 0 && y < height && z >= 0 && z < width) {
                                            sum += x[((p * in + c) * height + y) * width + z]
                                                    * w[((o * in + c) * side + k) * side + l];
                                        }
                                    }
                                }
                            }
                            expected[((p * out + o) * outHeight + i) * outWidth + j] = sum;
                        }
                    }
                }
            }
            try (Scope scope = Scope.open("test")) {
                Tensor pictures = Tensor.of(x, n, in, height, width);
                Tensor weight = Tensor.of(w, out, in, side, side);
                Tensor bias = Tensor.of(b, out);
                Tensor found = pictures.conv2d(weight, bias, stride, padding);
                assertThat(found.shape()).containsExactly(n, out, outHeight, outWidth);
                assertThat(found.toDoubles()).containsExactly(expected, within(1e-12));
                assertThat(pictures.channelsLast()
                                .conv2d(weight, stride, padding)
                                .add(bias.reshape(1, out, 1, 1))
                                .toDoubles())
                        .containsExactly(expected, within(1e-12));
            }
        });
    }

    @Test
    void group_normalisation_equals_its_formula_and_looks_at_one_item_only() {
        Property.check(20, random -> {
            int n = random.nextInt(1, 4);
            int groups = random.nextInt(1, 4);
            int channels = groups * random.nextInt(1, 4);
            int area = 6;
            double[] x = numbers(random, n * channels * area);
            double[] scale = numbers(random, channels);
            double[] shift = numbers(random, channels);
            double[] expected = new double[x.length];
            int length = channels / groups * area;
            for (int g = 0; g < n * groups; g++) {
                double[] values = Arrays.copyOfRange(x, g * length, (g + 1) * length);
                normalize(values, 1e-3);
                for (int k = 0; k < length; k++) {
                    int channel = (g * length + k) / area % channels;
                    expected[g * length + k] = values[k] * scale[channel] + shift[channel];
                }
            }
            try (Scope scope = Scope.open("test")) {
                Tensor pictures = Tensor.of(x, n, channels, 2, 3);
                Tensor one = Tensor.of(scale, channels);
                Tensor other = Tensor.of(shift, channels);
                assertThat(pictures.groupNorm(groups, one, other, 1e-3).toDoubles())
                        .containsExactly(expected, within(1e-10));
                assertThat(pictures.channelsLast()
                                .groupNorm(groups, one, other, 1e-3)
                                .toDoubles())
                        .containsExactly(expected, within(1e-10));
            }
        });
    }

    @Test
    void batch_normalisation_equals_its_formula_with_the_biased_variance_of_each_column() {
        Property.check(20, random -> {
            int n = random.nextInt(2, 7);
            int d = random.nextInt(1, 5);
            double[] x = numbers(random, n * d);
            double[] scale = numbers(random, d);
            double[] shift = numbers(random, d);
            double[] expected = new double[x.length];
            for (int c = 0; c < d; c++) {
                double[] column = new double[n];
                for (int i = 0; i < n; i++) {
                    column[i] = x[i * d + c];
                }
                normalize(column, 1e-5);
                for (int i = 0; i < n; i++) {
                    expected[i * d + c] = column[i] * scale[c] + shift[c];
                }
            }
            try (Scope scope = Scope.open("test")) {
                assertThat(Tensor.of(x, n, d)
                                .batchNorm(Tensor.of(scale, d), Tensor.of(shift, d), 1e-5)
                                .toDoubles())
                        .containsExactly(expected, within(1e-10));
            }
        });
    }

    private static void normalize(double[] values, double epsilon) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] - mean) / Math.sqrt(variance + epsilon);
        }
    }

    @Test
    void pooling_takes_means_of_windows_and_of_the_whole() {
        try (Scope scope = Scope.open("test")) {
            double[] x = new double[2 * 3 * 5];
            Arrays.setAll(x, i -> i);
            Tensor pictures = Tensor.of(x, 1, 2, 3, 5);
            // The last row and column fill no window.
            assertThat(pictures.averagePool2d(2, 2).shape()).containsExactly(1, 2, 1, 2);
            assertThat(pictures.averagePool2d(2, 2).toDoubles()).containsExactly(3, 5, 18, 20);
            assertThat(pictures.averagePool2d(2, 1).shape()).containsExactly(1, 2, 2, 4);
            assertThat(pictures.globalMean2d().toDoubles()).containsExactly(7, 22);
            assertThat(pictures.channelsLast().globalMean2d().toDoubles()).containsExactly(7, 22);
        }
    }

    @Test
    void gradients_agree_with_differences() {
        SplittableRandom random = new SplittableRandom(3);
        double[] pictures = numbers(random, 2 * 4 * 5 * 4);
        double[] weight = numbers(random, 4 * 4 * 3 * 3);
        double[] scale = numbers(random, 4);
        double[] shift = numbers(random, 4);
        agree(
                List.of(pictures, weight, scale, shift),
                inputs -> inputs.get(0)
                        .reshape(2, 4, 5, 4)
                        .channelsLast()
                        .conv2d(inputs.get(1).reshape(4, 4, 3, 3), inputs.get(3), 2, 1)
                        .groupNorm(2, inputs.get(2), inputs.get(3), 1e-5));
        agree(
                List.of(pictures, scale, shift),
                inputs -> inputs.get(0).reshape(40, 4).batchNorm(inputs.get(1), inputs.get(2), 1e-5));
        agree(
                List.of(pictures),
                inputs -> inputs.get(0).reshape(2, 4, 5, 4).averagePool2d(2, 1).square());
        agree(
                List.of(pictures),
                inputs -> inputs.get(0).reshape(2, 4, 5, 4).globalMean2d().square());
    }

    /** Compares the gradients of a weighted sum of the outputs with central differences, for some numbers of each input. */
    private static void agree(List<double[]> inputs, Function<List<Tensor>, Tensor> code) {
        try (Scope scope = Scope.open("test")) {
            List<Tensor> leaves = inputs.stream()
                    .map(values -> Tensor.of(values, values.length).leaf())
                    .toList();
            weighted(code.apply(leaves)).backward();
            for (int k = 0; k < inputs.size(); k++) {
                double[] gradient =
                        Objects.requireNonNull(leaves.get(k).gradient()).toDoubles();
                double[] values = inputs.get(k);
                for (int i = 0; i < values.length; i += 1 + values.length / 25) {
                    double kept = values[i];
                    values[i] = kept + STEP;
                    double above = value(inputs, code);
                    values[i] = kept - STEP;
                    double below = value(inputs, code);
                    values[i] = kept;
                    assertThat(gradient[i]).isCloseTo((above - below) / (2 * STEP), within(1e-6));
                }
            }
        }
    }

    private static double value(List<double[]> inputs, Function<List<Tensor>, Tensor> code) {
        try (Scope scope = Scope.open("difference");
                Grad off = Grad.disabled()) {
            return weighted(code.apply(inputs.stream()
                            .map(values -> Tensor.of(values, values.length))
                            .toList()))
                    .item();
        }
    }

    private static Tensor weighted(Tensor output) {
        double[] weights = numbers(new SplittableRandom(9), (int) output.count());
        return output.multiply(Tensor.of(weights, output.shape())).sum();
    }

    @Test
    void shapes_that_do_not_fit_are_errors_that_name_the_operation() {
        try (Scope scope = Scope.open("test")) {
            Tensor pictures = Tensor.zeros(2, 3, 4, 4);
            assertThatThrownBy(() -> pictures.conv2d(Tensor.zeros(5, 4, 3, 3), 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("conv2d");
            assertThatThrownBy(() -> pictures.groupNorm(2, Tensor.ones(3), Tensor.zeros(3), 1e-5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("groupNorm");
        }
    }
}
