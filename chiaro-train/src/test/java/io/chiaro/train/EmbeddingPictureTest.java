package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingPictureTest {

    private static final float[][] AXES = {{2, 0, 0}, {0, 1, 0}, {0, 0, 3}};

    @Test
    void pairs_on_axes_have_all_positives_at_one_and_all_negatives_at_zero() {
        EmbeddingPicture picture = EmbeddingPicture.of(AXES, AXES);

        assertThat(picture.positives().get(EmbeddingPicture.BINS - 1)).isEqualTo(1);
        assertThat(picture.negatives().get(EmbeddingPicture.BINS / 2)).isEqualTo(1);
        assertThat(EmbeddingPicture.cosines()[EmbeddingPicture.BINS / 2]).isCloseTo(0.025, within(1e-12));
        // Three axes around their mean span two directions alike.
        assertThat(picture.spectrum()).hasSize(3).startsWith(1.0, 1.0);
        assertThat(picture.spectrum().get(2)).isCloseTo(0, within(1e-3));
    }

    @Test
    void without_pairs_there_are_other_items_only_and_a_single_item_has_none() {
        assertThat(EmbeddingPicture.of(AXES, new float[0][]).positives()).isEmpty();
        assertThat(EmbeddingPicture.of(AXES, new float[0][]).negatives()).hasSize(EmbeddingPicture.BINS);
        EmbeddingPicture one = EmbeddingPicture.of(new float[][] {{1, 1}}, new float[0][]);
        assertThat(one.negatives()).isEmpty();
        assertThat(one.spectrum()).isEqualTo(List.of(0.0));
        assertThatThrownBy(() -> EmbeddingPicture.of(AXES, new float[2][3])).hasMessageContaining("3 and 2");
    }
}
