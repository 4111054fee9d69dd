package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.testkit.Property;
import org.junit.jupiter.api.Test;

class GroupMeansTest {

    @Test
    void what_only_tells_two_languages_apart_is_taken_away() {
        Property.check(10, random -> {
            float[][] one = new float[6][4];
            float[][] other = new float[6][4];
            GroupMeans means = new GroupMeans();
            for (int i = 0; i < one.length; i++) {
                for (int k = 0; k < 4; k++) {
                    one[i][k] = (float) random.nextGaussian();
                    // The same meanings, moved by what is common to the language.
                    other[i][k] = one[i][k] + 3 * (k + 1);
                }
                means.add("one", one[i]);
                means.add("other", other[i]);
            }
            assertThat(means.groups()).isEqualTo(2);
            for (int i = 0; i < one.length; i++) {
                float[] centred = means.centred("one", one[i]);
                assertThat(centred).containsExactly(means.centred("other", other[i]), within(1e-5f));
                double length = 0;
                for (float value : centred) {
                    length += (double) value * value;
                }
                assertThat(length).isCloseTo(1, within(1e-6));
            }
        });
    }

    @Test
    void the_only_vector_of_a_group_is_its_mean_and_nothing_is_left_of_it() {
        GroupMeans means = new GroupMeans();
        means.add("lonely", new float[] {1, 2});
        assertThat(means.centred("lonely", new float[] {1, 2})).containsOnly(0);
        assertThatThrownBy(() -> means.centred("other", new float[] {1, 2}))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("\"other\"");
    }
}
