package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void a_warm_up_rises_in_equal_steps_and_never_starts_at_zero() {
        Schedule schedule = Schedule.parse("test", "constant(warmup=4)");

        assertThat(schedule.at(0, 100)).isEqualTo(0.2);
        assertThat(schedule.at(3, 100)).isEqualTo(0.8);
        assertThat(schedule.at(4, 100)).isEqualTo(1);
        assertThat(schedule.at(99, 100)).isEqualTo(1);
    }

    @Test
    void a_share_is_of_the_whole_run() {
        Schedule schedule = Schedule.linear(0.1);

        assertThat(schedule.at(9, 100)).isEqualTo(10 / 11.0);
        assertThat(schedule.at(10, 100)).isEqualTo(1);
        assertThat(schedule.at(55, 100)).isEqualTo(0.5);
        assertThat(schedule.at(99, 100)).isEqualTo(1 / 90.0, within(1e-15));
        assertThat(schedule.at(100, 100)).isZero();
        assertThat(schedule.at(1_000, 100)).isZero();
    }

    @Test
    void a_cosine_passes_its_three_known_points() {
        Schedule schedule = new Schedule.Cosine(Schedule.Warmup.NONE, 0.2);

        assertThat(schedule.at(0, 80)).isEqualTo(1);
        assertThat(schedule.at(40, 80)).isEqualTo(0.6, within(1e-15));
        assertThat(schedule.at(80, 80)).isEqualTo(0.2, within(1e-15));
    }

    @Test
    void factors_stay_between_zero_and_one_and_fall_after_the_warm_up() {
        for (Schedule schedule : List.of(Schedule.linear(0.3), Schedule.cosine(0.3), Schedule.cosine(1))) {
            for (int steps : new int[] {1, 2, 3, 7, 1000}) {
                long rising = schedule.warmup().stepsOf(steps);
                double last = 0;
                for (int step = 0; step < steps; step++) {
                    double factor = schedule.at(step, steps);
                    assertThat(factor).isBetween(0.0, 1.0);
                    if (step > rising) {
                        assertThat(factor).isLessThanOrEqualTo(last);
                    } else {
                        assertThat(factor).isGreaterThan(last);
                    }
                    last = factor;
                }
            }
        }
    }

    @Test
    void what_is_printed_parses_to_the_same_schedule() {
        for (String text : List.of(
                "constant",
                "constant(warmup=10)",
                "linear(warmup=0.1)",
                "linear(warmup=500,floor=0.01)",
                "cosine",
                "cosine(floor=0.5)",
                "cosine(warmup=1.0)")) {
            Schedule schedule = Schedule.parse("test", text);
            assertThat(schedule.print()).isEqualTo(text);
            assertThat(Schedule.parse("test", schedule.print())).isEqualTo(schedule);
        }
        assertThat(Schedule.parse("test", " Cosine ( warmup = 0.1 ) ")).isEqualTo(Schedule.cosine(0.1));
    }

    @Test
    void one_step_and_one_whole_share_are_told_apart_by_the_decimal_point() {
        assertThat(Schedule.parse("test", "linear(warmup=1)").warmup()).isEqualTo(Schedule.Warmup.steps(1));
        assertThat(Schedule.parse("test", "linear(warmup=1.0)").warmup()).isEqualTo(Schedule.Warmup.share(1));
    }

    @Test
    void a_wrong_name_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> Schedule.parse("--schedule", "cosin(warmup=0.1)"))
                .hasMessage("--schedule: expected the name of a schedule, but found \"cosin\". "
                        + "Did you mean \"cosine\"? Valid: constant, linear, cosine.");
        assertThatThrownBy(() -> Schedule.parse("--schedule", "cosine(warm-up=0.1)"))
                .hasMessage("--schedule: expected arguments of cosine as key=value, but found \"warm-up=0.1\". "
                        + "Did you mean \"warmup\"? Valid: warmup, floor.");
        assertThatThrownBy(() -> Schedule.parse("--schedule", "cosine(warmup=1.5)"))
                .hasMessage("--schedule: expected warmup as a number from 0 to 1, but found \"1.5\".");
        assertThatThrownBy(() -> Schedule.parse("--schedule", "constant(floor=0.5)"))
                .hasMessageContaining("expected arguments of constant");
        assertThatThrownBy(() -> Schedule.parse("--schedule", "linear(floor=0.1,floor=0.2)"))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> Schedule.parse("--schedule", "linear(")).isInstanceOf(ChiaroException.class);
        assertThatThrownBy(() -> Schedule.parse("--schedule", "linear(warmup=NaN)"))
                .isInstanceOf(ChiaroException.class);
    }
}
