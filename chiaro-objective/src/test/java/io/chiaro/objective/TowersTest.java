package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.objective.Tower.Source;
import org.junit.jupiter.api.Test;

class TowersTest {

    @Test
    void small_crops_stand_between_the_model_and_the_twins_of_the_first_two_inputs() {
        assertThat(Towers.BOTH_AND_AVERAGED.of(4))
                .containsExactly(
                        new Tower(0, Source.ONLINE),
                        new Tower(1, Source.ONLINE),
                        new Tower(2, Source.ONLINE),
                        new Tower(3, Source.ONLINE),
                        new Tower(0, Source.AVERAGED),
                        new Tower(1, Source.AVERAGED));
        assertThat(Towers.BOTH_AND_AVERAGED.remembered(6)).isEqualTo(4);
    }

    @Test
    void an_item_with_no_more_than_two_inputs_has_the_towers_that_are_named() {
        for (Towers towers : Towers.values()) {
            if (towers.inputs() > 0) {
                assertThat(towers.of(towers.inputs()))
                        .first()
                        .isEqualTo(towers.of(1).get(0));
                assertThat(towers.of(towers.inputs())).isEqualTo(towers.of(1));
            }
            assertThat(towers.takesMore())
                    .isEqualTo(towers.of(5).size() > towers.of(3).size());
        }
    }
}
