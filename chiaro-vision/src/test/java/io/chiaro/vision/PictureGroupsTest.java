package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.KMeans;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class PictureGroupsTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void no_batch_holds_two_pictures_of_a_group_and_no_more_batches_would_fit() {
        Property.check(60, random -> {
            int batch = 1 + random.nextInt(6);
            int[] groups = new int[20 + random.nextInt(60)];
            // Some groups are much larger than others.
            Arrays.setAll(groups, i -> i < batch ? i : random.nextInt(1 + random.nextInt(batch + 4)));
            BatchPlanner planner = BatchPlans.groupsApart(groups, batch, random.nextLong());
            for (long epoch = 0; epoch < 3; epoch++) {
                List<int[]> plan = planner.epoch(epoch);
                assertThat(plan).hasSize(planner.batches());
                assertThat(plan.stream().flatMapToInt(Arrays::stream).boxed()).doesNotHaveDuplicates();
                for (int[] pictures : plan) {
                    assertThat(Arrays.stream(pictures).map(i -> groups[i]).boxed())
                            .hasSize(batch)
                            .doesNotHaveDuplicates();
                }
            }
            int more = planner.batches() + 1;
            int places = IntStream.rangeClosed(0, Arrays.stream(groups).max().orElse(0))
                    .map(group -> Math.min(more, (int) Arrays.stream(groups)
                            .filter(found -> found == group)
                            .count()))
                    .sum();
            assertThat(places).isLessThan(more * batch);
        });
    }

    @Test
    void every_picture_of_a_large_group_has_its_turn_in_some_epoch() {
        int[] groups = new int[30];
        Arrays.setAll(groups, i -> i < 20 ? 0 : i);
        BatchPlanner planner = BatchPlans.groupsApart(groups, 3, 1);
        int[] seen = IntStream.range(0, 60)
                .mapToObj(planner::epoch)
                .flatMap(List::stream)
                .flatMapToInt(Arrays::stream)
                .distinct()
                .toArray();
        assertThat(seen).hasSize(30);
        assertThat(planner.epoch(1)).isNotEqualTo(planner.epoch(2));
        assertThat(planner.epoch(1).get(0)).isEqualTo(planner.epoch(1).get(0));
    }

    @Test
    void fewer_groups_than_a_batch_has_pictures_are_refused() {
        assertThatThrownBy(() -> BatchPlans.groupsApart(new int[] {0, 1, 0, 1}, 3, 1))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("2 groups");
    }

    @Test
    void an_autoencoder_puts_copies_of_a_picture_into_one_cluster_and_is_twice_the_same() {
        Pictures pictures = PictureSubsets.repeated(Shapes.draw(40, 3), 40, 5, 20, 6);
        var settings = new DenoisingAutoencoder.Settings(64, 16, 0.1, 150, 60);
        float[][] latents;
        try (DenoisingAutoencoder one = DenoisingAutoencoder.of(pictures, settings, 5);
                DenoisingAutoencoder two = DenoisingAutoencoder.of(pictures, settings, 5)) {
            latents = one.latents();
            assertThat(two.latents()).isDeepEqualTo(latents);
            assertThat(one.losses()[1]).isLessThan(one.losses()[0] / 4);
        }
        int[] clusters = KMeans.cluster(latents, 40, 1, 7);
        int together = 0;
        for (int i = 0; i < clusters.length; i++) {
            together += clusters[i] == clusters[i / 6 * 6] ? 1 : 0;
        }
        assertThat(together / (double) clusters.length).isGreaterThan(0.9);
        assertThat(Arrays.stream(clusters).distinct().count()).isGreaterThan(30);
    }

    @Test
    void settings_that_have_no_effect_or_no_meaning_are_refused() {
        refused(Map.of("batches", "cluster-apart"), "clusters-apart");
        refused(Map.of("teacher", "autoencoder"), "no effect");
        refused(Map.of("group", "9"), "no effect");
        refused(Map.of("batches", "clusters-apart", "group", "11"), "set group");
        refused(Map.of("batches", "clusters-apart", "teacher", "autoencodr"), "autoencoder");
        assertThat(PictureGroups.of(Map.of("batches", "clusters-apart"), 12).clusters())
                .isEqualTo(24);
        assertThat(PictureGroups.of(Map.of(), 12).kind()).isEqualTo(PictureGroups.Kind.RANDOM);
        assertThat(PictureGroups.of(Map.of("batches", "bound"), 12).kind()).isEqualTo(PictureGroups.Kind.BOUND);
    }

    private static void refused(Map<String, String> own, String part) {
        assertThatThrownBy(() -> PictureGroups.of(own, 12))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(part);
    }
}
