package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.testkit.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {

    private static List<String> ticks(double least, double most) {
        Axis axis = Axis.of(least, most, 5);
        return axis.ticks().stream().map(axis::format).toList();
    }

    @Test
    void ticks_are_round_numbers_with_as_many_decimals_as_they_need() {
        assertThat(ticks(0, 6.238)).containsExactly("0", "2", "4", "6", "8");
        assertThat(ticks(0.312, 0.447)).containsExactly("0.30", "0.35", "0.40", "0.45");
        assertThat(ticks(0, 2e-5)).containsExactly("0", "0.5e-5", "1.0e-5", "1.5e-5", "2.0e-5");
        assertThat(ticks(0, 11_000)).containsExactly("0", "5k", "10k", "15k");
        assertThat(ticks(-3.6, 0)).containsExactly("-4", "-3", "-2", "-1", "0");
        assertThat(ticks(0, 2_500_000)).containsExactly("0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M");
    }

    @Test
    void one_value_alone_has_room_around_it() {
        assertThat(Axis.of(5, 5, 5).ticks()).hasSizeGreaterThan(2).contains(5.0);
        assertThat(Axis.of(0, 0, 5).ticks()).contains(0.0, 1.0);
        assertThat(Axis.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 5)
                        .ticks())
                .startsWith(0.0)
                .endsWith(1.0);
    }

    @Test
    void whole_axes_have_whole_ticks() {
        assertThat(Axis.ofWhole(0, 3, 6).ticks()).containsExactly(0.0, 1.0, 2.0, 3.0);
        assertThat(Axis.ofWhole(1, 1, 6).ticks()).allMatch(tick -> tick == Math.rint(tick));
    }

    @Test
    void every_axis_holds_its_data_between_few_ticks() {
        Property.check(2000, random -> {
            double low = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-8, 9));
            double high = low + random.nextDouble() * Math.pow(10, random.nextInt(-8, 9));
            Axis axis = Axis.of(low, high, 5);
            assertThat(axis.ticks()).hasSizeBetween(2, 9);
            assertThat(axis.share(low)).isBetween(-1e-6, 1.0);
            assertThat(axis.share(high)).isBetween(0.0, 1 + 1e-6);
        });
    }
}
