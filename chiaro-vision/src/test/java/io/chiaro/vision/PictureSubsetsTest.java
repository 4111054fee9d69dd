package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PictureSubsetsTest {

    private final Pictures pictures = Shapes.draw(300, 1);

    private static int[] counts(Pictures pictures) {
        int[] counts = new int[pictures.labelNames().size()];
        Arrays.stream(pictures.labels()).forEach(label -> counts[label]++);
        return counts;
    }

    private static List<Long> contents(Pictures pictures) {
        return IntStream.range(0, pictures.count())
                .mapToObj(pictures::contentHash)
                .toList();
    }

    @Test
    void splits_hold_every_picture_once() {
        List<Long> all = contents(pictures);
        List<Pictures> byPosition = PictureSubsets.byPosition(pictures, 200);
        assertThat(contents(byPosition.get(0))).isEqualTo(all.subList(0, 200));
        assertThat(contents(byPosition.get(1))).isEqualTo(all.subList(200, 300));

        List<Pictures> bySeed = PictureSubsets.bySeed(pictures, 200, 5);
        List<Long> both = new ArrayList<>(contents(bySeed.get(0)));
        both.addAll(contents(bySeed.get(1)));
        assertThat(both).containsExactlyInAnyOrderElementsOf(all);
        assertThat(bySeed.get(0).hash())
                .isEqualTo(PictureSubsets.bySeed(pictures, 200, 5).get(0).hash())
                .isNotEqualTo(PictureSubsets.bySeed(pictures, 200, 6).get(0).hash())
                .isNotEqualTo(byPosition.get(0).hash());
    }

    @Test
    void a_stratified_subset_has_as_many_of_each_class() {
        assertThat(counts(PictureSubsets.perClass(pictures, 7, 1))).containsExactly(7, 7, 7, 7, 7, 7);
        assertThatThrownBy(() -> PictureSubsets.perClass(pictures, 101, 1))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("\"red\", but found 50");
    }

    @Test
    void a_long_tail_falls_by_the_same_factor_from_class_to_class() {
        assertThat(counts(PictureSubsets.longTailed(pictures, 32, 1 / 32.0, 1))).containsExactly(32, 16, 8, 4, 2, 1);
        assertThat(counts(PictureSubsets.longTailed(pictures, 50, 1, 1))).containsOnly(50);
    }

    @Test
    void label_noise_changes_exactly_its_share_to_any_other_label() {
        Pictures noisy = PictureSubsets.noisyLabels(pictures, 0.4, 3);
        int[][] moved = new int[6][6];
        int kept = 0;
        for (int i = 0; i < pictures.count(); i++) {
            moved[pictures.label(i)][noisy.label(i)]++;
            kept += pictures.label(i) == noisy.label(i) ? 1 : 0;
        }
        assertThat(kept).isEqualTo(180);
        for (int[] row : moved) {
            assertThat(Arrays.stream(row).filter(n -> n > 0).count()).isGreaterThanOrEqualTo(5);
            assertThat(Arrays.stream(row).max().orElseThrow()).isBetween(20, 40);
        }
        assertThat(PictureSubsets.noisyLabels(pictures, 0, 3).hash()).isEqualTo(pictures.hash());
        assertThat(PictureSubsets.noisyLabels(pictures, 0.4, 3).labels()).isEqualTo(noisy.labels());
        assertThat(contents(noisy)).isEqualTo(contents(pictures));
    }
}
