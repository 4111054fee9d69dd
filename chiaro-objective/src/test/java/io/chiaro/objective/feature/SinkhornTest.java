package io.chiaro.objective.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Codes of rows over prototypes. */
@ExtendWith(LeakCheck.class)
class SinkhornTest {

    private static final int ROWS = 12;
    private static final int PROTOTYPES = 5;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Scores that all lean towards the first prototype, divided by a temperature as small as SwAV's. */
    private static double[] logits(RandomGenerator random) {
        double[] logits = new double[ROWS * PROTOTYPES];
        Arrays.setAll(logits, i -> ((i % PROTOTYPES == 0 ? 0.4 : 0) + 0.3 * random.nextGaussian()) / 0.05);
        return logits;
    }

    private static double[] sums(double[] logits, int iterations, int dimension) {
        try (Scope scope = Scope.open("test")) {
            return Sinkhorn.logCodes(Tensor.of(logits, ROWS, PROTOTYPES), iterations)
                    .exp()
                    .sum(dimension, false)
                    .toDoubles();
        }
    }

    /** How far the column that is farthest from B / K is from it. */
    private static double unevenness(double[] logits, int iterations) {
        return Arrays.stream(sums(logits, iterations, 0))
                .map(sum -> Math.abs(sum - (double) ROWS / PROTOTYPES))
                .max()
                .orElseThrow();
    }

    @Test
    void rows_sum_to_one_after_any_number_of_iterations() {
        Property.check(10, random -> {
            double[] logits = logits(random);
            for (int iterations : new int[] {1, 3, 30}) {
                assertThat(Arrays.stream(sums(logits, iterations, 1)))
                        .allSatisfy(sum -> assertThat(sum).isCloseTo(1, within(1e-12)));
            }
        });
    }

    @Test
    void columns_come_near_to_an_even_share_of_the_rows() {
        Property.check(10, random -> {
            double[] logits = logits(random);
            double softmax = unevenness(softmax(logits), 0);
            assertThat(unevenness(logits, 3)).isLessThan(softmax / 2);
            assertThat(unevenness(logits, 3000)).isLessThan(1e-2);
        });
    }

    /** What rows are without any iteration. */
    private static double[] softmax(double[] logits) {
        try (Scope scope = Scope.open("test")) {
            return Tensor.of(logits, ROWS, PROTOTYPES).logSoftmax(1).toDoubles();
        }
    }

    @Test
    void scores_beyond_all_exponentials_have_codes_too() {
        double[] logits = new double[ROWS * PROTOTYPES];
        Arrays.setAll(logits, i -> 1000.0 * (i % 7));
        assertThat(Arrays.stream(sums(logits, 3, 1)))
                .allSatisfy(sum -> assertThat(sum).isCloseTo(1, within(1e-12)));
    }
}
