package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedDifferenceTest {

    /** Gosset's own figures ("Student", The Probable Error of a Mean, 1908): hours of sleep gained by two drugs. */
    private static final double[] FIRST = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};

    private static final double[] SECOND = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

    @Test
    void the_interval_of_students_sleep_data_is_the_known_one() {
        PairedDifference difference = PairedDifference.of(SECOND, FIRST, 0.95);

        assertThat(difference.mean()).isCloseTo(1.58, within(1e-12));
        assertThat(difference.low()).isCloseTo(0.7001142, within(1e-6));
        assertThat(difference.high()).isCloseTo(2.4598858, within(1e-6));
        assertThat(difference.shown()).isTrue();
    }

    @Test
    void the_other_way_round_it_is_the_opposite() {
        PairedDifference difference = PairedDifference.of(FIRST, SECOND, 0.95);

        assertThat(difference.low()).isCloseTo(-2.4598858, within(1e-6));
        assertThat(difference.shown()).isTrue();
    }

    @Test
    void a_single_pair_shows_nothing() {
        assertThat(PairedDifference.of(new double[] {3}, new double[] {1}, 0.95).shown())
                .isFalse();
    }

    @Test
    void values_that_are_no_pairs_are_refused() {
        assertThatThrownBy(() -> PairedDifference.of(new double[2], new double[3], 0.95))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
