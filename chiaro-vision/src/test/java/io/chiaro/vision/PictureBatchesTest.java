package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.synthetic.MixedCorrelation;
import io.chiaro.testkit.Property;
import io.chiaro.train.Batch;
import io.chiaro.train.BatchSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PictureBatchesTest {

    private static final AugmentationRecipe SYMMETRIC = AugmentationRecipe.named("symmetric");

    private final Pictures pictures = Shapes.draw(50, 1);

    private static float[] joined(Batch<PictureChunk> batch) {
        float[] all = new float[batch.inputs() * 768];
        for (Batch.Chunk<PictureChunk> chunk : batch.chunks()) {
            for (int i = 0; i < chunk.places().length; i++) {
                System.arraycopy(chunk.input().values(), i * 768, all, chunk.places()[i] * 768, 768);
            }
        }
        return all;
    }

    @Test
    void an_epoch_holds_each_picture_at_most_once_and_views_are_columns() {
        PictureBatches batches =
                PictureBatches.of(pictures, SYMMETRIC, 16, new PictureBatches.Options(3, 1 << 19, false, 7));
        assertThat(batches.batchesPerEpoch()).isEqualTo(3);
        Set<Long> seen = new HashSet<>();
        for (long step = 0; step < 3; step++) {
            Batch<PictureChunk> batch = batches.batch(step);
            assertThat(batch.rows()).isEqualTo(16);
            assertThat(batch.columns().stream().map(Batch.Column::role))
                    .containsExactly(ViewRole.ANCHOR, ViewRole.POSITIVE, ViewRole.POSITIVE);
            assertThat(batch.columns().get(2).contents())
                    .containsExactly(batch.columns().get(0).contents());
            assertThat(batch.labels()).hasSize(16);
            assertThat(batch.tokens()).isEqualTo(3 * 16 * 256);
            assertThat(batch.epoch()).isEqualTo((step + 1) / 3.0);
            for (long content : batch.columns().get(0).contents()) {
                assertThat(seen.add(content)).isTrue();
            }
        }
        assertThat(joined(batches.batch(3))).isNotEqualTo(joined(batches.batch(0)));
        assertThat(batches.largest().inputs()).isEqualTo(48);
    }

    @Test
    void views_are_the_same_bits_under_any_chunks_and_threads() throws Exception {
        Batch<PictureChunk> whole = PictureBatches.of(
                        pictures, SYMMETRIC, 16, new PictureBatches.Options(2, 1 << 19, false, 7))
                .batch(5);
        PictureBatches small =
                PictureBatches.of(pictures, SYMMETRIC, 16, new PictureBatches.Options(2, 5 * 256, false, 7));
        assertThat(whole.chunks()).hasSize(1);
        assertThat(small.batch(5).chunks()).hasSize(7);
        assertThat(joined(small.batch(5))).containsExactly(joined(whole));
        for (int threads : new int[] {1, 3}) {
            ForkJoinPool pool = new ForkJoinPool(threads);
            try {
                assertThat(pool.submit(() -> joined(small.batch(5))).get()).containsExactly(joined(whole));
            } finally {
                pool.shutdown();
            }
        }
        float[] other =
                joined(PictureBatches.of(pictures, SYMMETRIC, 16, new PictureBatches.Options(2, 1 << 19, false, 8))
                        .batch(5));
        assertThat(other).isNotEqualTo(joined(whole));
    }

    @Test
    void without_augmentations_a_view_is_the_picture_with_its_label_and_score() {
        double[] scores = IntStream.range(0, 50).mapToDouble(i -> i / 2.0).toArray();
        PictureBatches batches = PictureBatches.of(
                        pictures,
                        AugmentationRecipe.named("none"),
                        BatchPlans.fixed(List.of(new int[] {4, 9})),
                        new PictureBatches.Options(1, 1 << 19, false, 7))
                .withScores(scores);
        Batch<PictureChunk> batch = batches.batch(0);
        float[] expected = new float[2 * 768];
        pictures.floats(4, expected, 0);
        pictures.floats(9, expected, 768);

        assertThat(joined(batch)).containsExactly(expected);
        assertThat(batch.labels()).containsExactly(pictures.label(4), pictures.label(9));
        assertThat(batch.scores()).containsExactly(2, 4.5);
    }

    @Test
    void equal_pictures_have_equal_contents() {
        Pictures twins = pictures.select(new int[] {3, 8, 3});
        long[] contents = PictureBatches.of(
                        twins,
                        SYMMETRIC,
                        BatchPlans.fixed(List.of(new int[] {0, 1, 2})),
                        PictureBatches.Options.defaults())
                .batch(0)
                .columns()
                .get(0)
                .contents();
        assertThat(contents[0]).isEqualTo(contents[2]).isNotEqualTo(contents[1]);
    }

    @Test
    void class_balanced_batches_have_as_many_of_each_of_their_classes() {
        Property.check(50, random -> {
            int classes = random.nextInt(2, 7);
            int[] labels = new int[random.nextInt(60, 200)];
            Arrays.setAll(labels, i -> i < 10 * classes ? i % classes : random.nextInt(classes));
            int some = random.nextInt(1, classes + 1);
            int each = random.nextInt(1, 9);
            BatchPlanner planner = BatchPlans.classBalanced(labels, some, each, 3);
            Set<Integer> used = new HashSet<>();
            for (int[] batch : planner.epoch(2)) {
                int[] counts = new int[classes];
                Set<Integer> distinct = new HashSet<>();
                for (int picture : batch) {
                    counts[labels[picture]]++;
                    assertThat(distinct.add(picture)).isTrue();
                }
                assertThat(Arrays.stream(counts).filter(n -> n > 0).toArray())
                        .hasSize(some)
                        .containsOnly(each);
                Arrays.stream(batch).forEach(used::add);
            }
            assertThat(planner.epoch(2)).hasSize(planner.batches());
            assertThat(used.size()).isGreaterThan(labels.length / 4);
            assertThat(planner.epoch(1)).isNotEqualTo(planner.epoch(2));
        });
        assertThatThrownBy(() -> BatchPlans.classBalanced(new int[] {0, 0, 1}, 2, 2, 1))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("1 classes have as many");
    }

    @Test
    void bound_batches_share_a_picture_of_each_class_and_nothing_else() {
        Property.check(20, random -> {
            int classes = random.nextInt(1, 6);
            int[] labels = new int[random.nextInt(60, 120)];
            Arrays.setAll(labels, i -> i < classes ? i : random.nextInt(classes));
            int batch = classes + random.nextInt(1, 10);
            BatchPlanner planner = BatchPlans.bound(labels, batch, 3);
            int[] times = new int[labels.length];
            for (int[] planned : planner.epoch(2)) {
                assertThat(planned).hasSize(batch).doesNotHaveDuplicates();
                Arrays.stream(planned).forEach(picture -> times[picture]++);
            }
            int all = planner.batches();
            assertThat(planner.epoch(2)).hasSize(all);
            int[] bound = IntStream.range(0, times.length)
                    .filter(picture -> times[picture] == all)
                    .toArray();
            assertThat(Arrays.stream(bound)
                            .map(picture -> labels[picture])
                            .distinct()
                            .count())
                    .isEqualTo(classes);
            assertThat(bound).hasSize(classes);
            assertThat(Arrays.stream(times).filter(n -> n != all)).allMatch(n -> n <= 1);
            assertThat(planner.epoch(3).get(0))
                    .contains(bound)
                    .isNotEqualTo(planner.epoch(2).get(0));
        });
        assertThatThrownBy(() -> BatchPlans.bound(new int[] {0, 1, 1}, 2, 1))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("2 classes");
    }

    @Test
    void plans_that_cannot_be_made_are_refused() {
        assertThatThrownBy(() -> PictureBatches.of(pictures, SYMMETRIC, 51, PictureBatches.Options.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("50 pictures");
        List<int[]> twice = new ArrayList<>(List.of(new int[] {1, 2, 1}));
        assertThatThrownBy(() -> PictureBatches.of(
                        pictures, SYMMETRIC, BatchPlans.fixed(twice), PictureBatches.Options.defaults()))
                .hasMessageContaining("picture 1");
    }

    @Test
    void a_third_view_is_mixed_of_the_first_two_as_the_objective_of_the_step_is_told() {
        PictureBatches.Options options = new PictureBatches.Options(3, 7 * 256, false, 7);
        PictureBatches batches = PictureBatches.of(pictures, SYMMETRIC, 16, options);
        for (long step = 0; step < 2; step++) {
            float[] plain = joined(batches.batch(step));
            float[] mixed = joined(batches.withMixtures().batch(step));
            MixedCorrelation.Mixing mixing = MixedCorrelation.mixing(BatchSource.address(7, step), 16);
            assertThat(Arrays.copyOf(mixed, 2 * 16 * 768)).containsExactly(Arrays.copyOf(plain, 2 * 16 * 768));
            for (int row = 0; row < 16; row++) {
                for (int k = 0; k < 768; k++) {
                    double first = plain[row * 768 + k];
                    double second = plain[(16 + mixing.order()[row]) * 768 + k];
                    double expected = mixing.share() * first + (1 - mixing.share()) * second;
                    assertThat((double) mixed[(32 + row) * 768 + k]).isCloseTo(expected, within(1e-6));
                }
            }
        }
        assertThatThrownBy(() -> PictureBatches.of(pictures, SYMMETRIC, 16, PictureBatches.Options.defaults())
                        .withMixtures())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("third view");
    }
}
