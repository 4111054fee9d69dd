package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.metric.RandomisationTest;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomisationTestTest {

    @Test
    void few_queries_are_counted_out() {
        // Of eight assignments of signs to 1, 2 and 3 only +++ and --- reach 6.
        RandomisationTest test = RandomisationTest.of(new double[] {1, 2, 3}, new double[] {0, 0, 0}, 1000, 1);
        assertThat(test.exact()).isTrue();
        assertThat(test.assignments()).isEqualTo(8);
        assertThat(test.p()).isEqualTo(0.25);
        assertThat(test.difference()).isEqualTo(2);
    }

    @Test
    void samples_come_near_to_what_all_assignments_say() {
        double[] first = new double[14];
        double[] second = new double[14];
        for (int i = 0; i < first.length; i++) {
            first[i] = RandomStream.of(1, "a", i).nextDouble() + 0.2;
            second[i] = RandomStream.of(1, "b", i).nextDouble();
        }
        RandomisationTest exact = RandomisationTest.of(first, second, 1 << 14, 1);
        RandomisationTest drawn = RandomisationTest.of(first, second, (1 << 14) - 1, 1);
        assertThat(exact.exact()).isTrue();
        assertThat(drawn.exact()).isFalse();
        assertThat(drawn.p()).isCloseTo(exact.p(), within(0.02));
    }

    @Test
    void equal_systems_do_not_differ_and_sides_do_not_matter() {
        Property.check(30, random -> {
            double[] first = random.doubles(40).toArray();
            double[] second = random.doubles(40).toArray();
            assertThat(RandomisationTest.of(first, first, 500, 1).p()).isEqualTo(1);
            RandomisationTest one = RandomisationTest.of(first, second, 2000, 3);
            RandomisationTest other = RandomisationTest.of(second, first, 2000, 3);
            assertThat(other.p()).isEqualTo(one.p());
            assertThat(other.difference()).isCloseTo(-one.difference(), within(1e-12));
        });
    }

    @Test
    void chance_alone_is_found_different_about_as_often_as_p_says() {
        int found = 0;
        int trials = 400;
        for (int trial = 0; trial < trials; trial++) {
            double[] first = new double[25];
            double[] second = new double[25];
            RandomStream random = RandomStream.of(7, "null", trial);
            for (int i = 0; i < first.length; i++) {
                first[i] = random.nextGaussian();
                second[i] = random.nextGaussian();
            }
            found += RandomisationTest.of(first, second, 400, trial).p() <= 0.1 ? 1 : 0;
        }
        // 40 expected; five standard deviations of a binomial are 30.
        assertThat(found).isBetween(10, 70);
    }

    @Test
    void a_clear_difference_of_many_queries_is_as_sure_as_the_samples_allow() {
        double[] first = new double[100];
        Arrays.fill(first, 1);
        assertThat(RandomisationTest.of(first, new double[100], 9999, 1).p()).isEqualTo(1e-4);
    }

    @Test
    void what_cannot_be_paired_is_refused() {
        assertThatThrownBy(() -> RandomisationTest.of(new double[2], new double[3], 10, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RandomisationTest.of(new double[0], new double[0], 10, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void decisions_change_sides_item_by_item_where_the_figure_is_f1() {
        boolean[] truth = {true, true, true, false, false};
        boolean[] first = {true, true, true, false, false};
        boolean[] second = {false, false, true, true, false};

        RandomisationTest test = RandomisationTest.ofF1(first, second, truth, 1000, 1);

        // 2 * 3 / (3 + 3) and 2 * 1 / (2 + 3). The two right ones and the wrong one go to either side in eight ways;
        // only as they
        // are, or all the other way, is the difference as large: 0.36, where all three are on one side, is the next.
        assertThat(test.difference()).isCloseTo(0.6, within(1e-12));
        assertThat(test.exact()).isTrue();
        assertThat(test.assignments()).isEqualTo(8);
        assertThat(test.p()).isEqualTo(0.25);
    }

    @Test
    void samples_of_decisions_come_near_to_what_all_assignments_say_and_equal_ones_do_not_differ() {
        boolean[] truth = new boolean[60];
        boolean[] first = new boolean[60];
        boolean[] second = new boolean[60];
        for (int i = 0; i < truth.length; i++) {
            truth[i] = i % 3 == 0;
            first[i] = truth[i] != (i % 10 == 7);
            second[i] = truth[i] != (i % 5 == 1);
        }
        RandomisationTest exact = RandomisationTest.ofF1(first, second, truth, 1 << 18, 1);
        RandomisationTest drawn = RandomisationTest.ofF1(first, second, truth, (1 << 18) - 1, 1);
        RandomisationTest swapped = RandomisationTest.ofF1(second, first, truth, 1 << 18, 1);
        assertThat(exact.exact()).isTrue();
        assertThat(drawn.exact()).isFalse();
        assertThat(drawn.p()).isCloseTo(exact.p(), within(0.01)).isBetween(0.01, 0.99);
        assertThat(swapped.p()).isEqualTo(exact.p());
        assertThat(swapped.difference()).isCloseTo(-exact.difference(), within(1e-12));
        assertThat(RandomisationTest.ofF1(first, first, truth, 100, 1).p()).isEqualTo(1);
    }

    @Test
    void decisions_on_other_items_are_refused() {
        assertThatThrownBy(() -> RandomisationTest.ofF1(new boolean[2], new boolean[2], new boolean[3], 10, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2, 2, 3");
    }
}
