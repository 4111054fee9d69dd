package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemperatureScheduleTest {

    private static double at(String text, long step, long steps) {
        return TemperatureSchedule.parse(text).at(step, steps);
    }

    @Test
    void it_begins_at_the_first_and_ends_at_the_last() {
        for (String text : new String[] {"0.1:0.7", "0.1:0.7,shape=linear"}) {
            assertThat(at(text, 0, 11)).isCloseTo(0.1, within(1e-12));
            assertThat(at(text, 5, 11)).isCloseTo(0.4, within(1e-12));
            assertThat(at(text, 10, 11)).isCloseTo(0.7, within(1e-12));
            assertThat(at(text, 20, 11)).isCloseTo(0.7, within(1e-12));
        }
        assertThat(at("0.1:0.7,shape=linear", 1, 11)).isCloseTo(0.16, within(1e-12));
        assertThat(at("0.1:0.7", 1, 11)).isCloseTo(0.1 + 0.3 * (1 - Math.cos(Math.PI / 10)), within(1e-12));
    }

    @Test
    void whole_periods_swing_there_and_back() {
        for (String shape : new String[] {"cosine", "linear"}) {
            String text = "1:0.1,periods=2,shape=" + shape;
            for (long step : new long[] {0, 4, 8}) {
                assertThat(at(text, step, 9)).isCloseTo(1, within(1e-12));
            }
            for (long step : new long[] {2, 6}) {
                assertThat(at(text, step, 9)).isCloseTo(0.1, within(1e-12));
            }
        }
    }

    @Test
    void equal_ends_are_one_temperature_to_the_bit() {
        for (int step = 0; step < 100; step++) {
            assertThat(at("0.07:0.07,periods=3", step, 100)).isEqualTo(0.07);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1:0.7", "1:0.1,shape=linear", "0.1:1,periods=5", "0.1:1,shape=linear,periods=2"})
    void a_schedule_is_written_as_it_is_read(String text) {
        assertThat(TemperatureSchedule.parse(text).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.1:",
                "0:1",
                "-1:1",
                "0.1:1:2",
                "a:b",
                "0.1:1,period=3",
                "0.1:1,shape=cosin",
                "0.1:1,periods=0",
                "0.1:1,"
            })
    void what_is_no_schedule_is_refused(String text) {
        assertThatThrownBy(() -> TemperatureSchedule.parse(text))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set temperature");
    }

    @Test
    void a_misspelt_choice_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> TemperatureSchedule.parse("0.1:1,period=3")).hasMessageContaining("\"periods\"");
    }

    @Test
    void one_temperature_is_no_schedule() {
        assertThat(TemperatureSchedule.of(Map.of())).isEmpty();
        assertThat(TemperatureSchedule.of(Map.of("temperature", "0.1"))).isEmpty();
    }

    @Test
    void slots_are_filled_with_where_it_begins_and_that_it_changes() {
        Map<String, String> slots = Map.of("temperature", "0.1:1", "similarity", "dot");
        assertThat(TemperatureSchedule.of(slots).orElseThrow().filled(slots))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("temperature", "0.1", "temperature-policy", "scheduled", "similarity", "dot"));
    }

    @Test
    void a_policy_that_contradicts_the_temperature_is_refused() {
        assertThatThrownBy(
                        () -> TemperatureSchedule.of(Map.of("temperature", "0.1:1", "temperature-policy", "learned")))
                .isInstanceOf(ChiaroException.class);
        assertThatThrownBy(() -> TemperatureSchedule.of(Map.of("temperature-policy", "scheduled")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("0.1:1");
    }
}
