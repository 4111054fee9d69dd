package io.chiaro.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class DropoutTest {

    /** Above eight blocks of 2^14, so that several threads make it, and with a tail that is no multiple of four. */
    private static final int MANY = (1 << 14) * 20 + 7;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static float[] mask(int length, long origin, double probability) {
        float[] mask = new float[length];
        Dropout.fill(mask, 0, length, origin, probability);
        return mask;
    }

    @Test
    void the_same_address_gives_the_same_mask_with_any_number_of_threads() throws Exception {
        float[] expected = mask(MANY, 11, 0.1);

        for (int threads : new int[] {1, 2, 5}) {
            ForkJoinPool pool = new ForkJoinPool(threads);
            try {
                assertThat(pool.submit(() -> mask(MANY, 11, 0.1)).get()).isEqualTo(expected);
            } finally {
                pool.shutdown();
            }
        }
    }

    @Test
    void a_longer_mask_begins_as_a_shorter_one() {
        float[] whole = mask(MANY, 11, 0.3);
        for (int length : new int[] {0, 1, 2, 3, 4, 5, 1 << 14, (1 << 14) + 1, (1 << 17) + 2}) {
            float[] part = mask(length, 11, 0.3);
            int whole4 = length / 4 * 4;
            assertThat(java.util.Arrays.copyOf(part, whole4)).isEqualTo(java.util.Arrays.copyOf(whole, whole4));
            assertThat(part).isEqualTo(java.util.Arrays.copyOf(whole, length));
        }
    }

    @Test
    void the_share_of_zeros_is_the_probability_and_the_mean_stays_one() {
        for (double probability : new double[] {0.05, 0.1, 0.5, 0.9}) {
            float[] mask = mask(MANY, 5, probability);
            long zeros = 0;
            double sum = 0;
            for (float value : mask) {
                zeros += value == 0 ? 1 : 0;
                sum += value;
            }
            // Five standard deviations of a binomial share; the seed is fixed, so this passes always or never.
            double deviation = Math.sqrt(probability * (1 - probability) / MANY);
            assertThat(zeros / (double) MANY).isCloseTo(probability, within(5 * deviation + 1.0 / 65536));
            assertThat(sum / MANY).isCloseTo(1, within(5 * deviation / (1 - probability)));
        }
    }

    @Test
    void masks_of_different_addresses_are_independent() {
        float[] one = mask(MANY, RandomStream.address(1, "mask", 0), 0.5);
        float[] two = mask(MANY, RandomStream.address(1, "mask", 1), 0.5);
        long both = 0;
        for (int i = 0; i < MANY; i++) {
            both += one[i] == 0 && two[i] == 0 ? 1 : 0;
        }
        assertThat(both / (double) MANY).isCloseTo(0.25, within(5 * Math.sqrt(0.25 * 0.75 / MANY)));
    }

    @Test
    void one_number_of_a_mask_says_nothing_about_the_next() {
        float[] mask = mask(MANY, 5, 0.5);
        for (int lag = 1; lag <= 5; lag++) {
            long both = 0;
            for (int i = lag; i < MANY; i++) {
                both += mask[i] == 0 && mask[i - lag] == 0 ? 1 : 0;
            }
            assertThat(both / (double) MANY).isCloseTo(0.25, within(5 * Math.sqrt(0.25 * 0.75 / MANY)));
        }
    }

    @Test
    void a_pass_repeats_its_masks_and_each_of_them_is_another() {
        try (Scope scope = Scope.open("test")) {
            Tensor ones = Tensor.ones(20, 10);
            Dropout first = Dropout.at(0.5, 77);
            Dropout again = Dropout.at(0.5, 77);
            float[] one = first.apply(ones).toFloats();
            float[] two = first.apply(ones).toFloats();

            assertThat(again.apply(ones).toFloats()).isEqualTo(one);
            assertThat(again.addTo(Tensor.zeros(20, 10), ones).toFloats()).isEqualTo(two);
            assertThat(two).isNotEqualTo(one);
            assertThat(Dropout.at(0.5, 78).apply(ones).toFloats()).isNotEqualTo(one);
        }
    }

    @Test
    void an_item_meets_the_same_masks_in_any_company_and_order() {
        // Items of a batch with so many rows each; odd widths, so that stretches begin anywhere.
        int[] rows = {3, 1, 4, 1, 5, 9, 2};
        for (int width : new int[] {1, 5, 8}) {
            try (Scope scope = Scope.open("test")) {
                float[][][] alone = new float[rows.length][][];
                for (int place = 0; place < rows.length; place++) {
                    alone[place] = masks(new int[] {place}, new int[] {0}, rows, width);
                    assertThat(alone[place][1]).hasSize(rows[place] * width);
                }
                int[] places = {6, 2, 5, 0};
                int[] order = {3, 0, 2, 1};
                float[][] together = masks(places, order, rows, width);
                for (int mask = 0; mask < 2; mask++) {
                    int at = 0;
                    for (int item : order) {
                        float[] expected = alone[places[item]][mask];
                        assertThat(java.util.Arrays.copyOfRange(together[mask], at, at + expected.length))
                                .isEqualTo(expected);
                        at += expected.length;
                    }
                    assertThat(together[mask]).hasSize(at);
                }
            }
        }
    }

    /** The first two masks of a pass over the items at these places, which stand in the given order. */
    private static float[][] masks(int[] places, int[] order, int[] rowsOfPlace, int width) {
        int[] lengths = java.util.Arrays.stream(order)
                .map(item -> rowsOfPlace[places[item]])
                .toArray();
        int tokens = java.util.Arrays.stream(lengths).sum();
        Dropout dropout = Dropout.at(0.5, 77, places).over(order, lengths);
        Tensor ones = Tensor.ones(tokens, width);
        return new float[][] {
            dropout.apply(ones).toFloats(), dropout.apply(ones).toFloats()
        };
    }

    @Test
    void equal_items_at_different_places_meet_independent_masks() {
        int rows = 1 << 9;
        int width = 1 << 8;
        try (Scope scope = Scope.open("test")) {
            float[] mask = Dropout.at(0.5, 77, new int[] {0, 1})
                    .over(new int[] {0, 1}, new int[] {rows, rows})
                    .apply(Tensor.ones(2L * rows, width))
                    .toFloats();
            int count = rows * width;
            long both = 0;
            for (int i = 0; i < count; i++) {
                both += mask[i] == 0 && mask[count + i] == 0 ? 1 : 0;
            }
            assertThat(both / (double) count).isCloseTo(0.25, within(5 * Math.sqrt(0.25 * 0.75 / count)));
        }
    }

    @Test
    void items_that_were_not_announced_are_refused() {
        assertThatThrownBy(() -> Dropout.at(0.5, 1, new int[] {4, 5}).over(new int[] {0}, new int[] {3}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Dropout: 2 items were announced, but 1 with 1 lengths are encoded");
    }

    @Test
    void dropout_that_is_off_changes_nothing() {
        try (Scope scope = Scope.open("test")) {
            Tensor ones = Tensor.ones(3, 2);
            assertThat(Dropout.off().apply(ones).toFloats()).containsOnly(1f);
            assertThat(Dropout.at(0, 5).addTo(ones, ones).toFloats()).containsOnly(2f);
            assertThat(Dropout.off().isOn()).isFalse();
        }
    }

    @Test
    void a_probability_outside_zero_to_one_is_refused() {
        for (double wrong : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> Dropout.at(wrong, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(wrong));
        }
    }
}
