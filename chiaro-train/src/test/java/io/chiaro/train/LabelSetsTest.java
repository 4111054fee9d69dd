package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelSetsTest {

    @Test
    void names_joined_by_bars_are_sets_of_labels_in_the_order_of_their_first_mention() {
        LabelSets sets = LabelSets.of(List.of("red|round", "round", "blue | red", "round|round"));
        assertThat(sets.labels()).containsExactly("red", "round", "blue");
        assertThat(sets.rows()).isDeepEqualTo(new float[][] {{1, 1, 0}, {0, 1, 0}, {1, 0, 1}, {0, 1, 0}});
        assertThat(sets.flat()).containsExactly(1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0);
    }

    @Test
    void an_empty_label_in_a_set_is_an_error() {
        assertThatThrownBy(() -> LabelSets.of(List.of("red", "red||round")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("red||round");
    }
}
