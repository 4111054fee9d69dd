package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Objective;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Sgd;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class MemoriesTest {

    private static final int WIDTH = 3;
    private static final Memories.Sizes SIZES = new Memories.Sizes(4, 5, 3, 2, 6, 7);

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static ParameterStore store(Objective objective) {
        ParameterStore.Builder builder = ParameterStore.builder("test");
        Memories.declare(builder, objective, SIZES, WIDTH);
        return builder.create();
    }

    /** Two items in two views; every row of a view has the value {@code first}, {@code first + 1} in its first feature. */
    private static Views batch(float first, float second) {
        long[] items = {0, 1};
        return Views.of(
                new View(ViewRole.ANCHOR, rows(first), items, new long[] {0, 1}),
                new View(ViewRole.POSITIVE, rows(second), items, new long[] {2, 3}));
    }

    private static Tensor rows(float first) {
        return Tensor.of(new float[] {first, 1, 0, first + 1, 0, 1}, 2, WIDTH);
    }

    @Test
    void the_queue_holds_the_newest_keys_and_forgets_the_oldest() {
        Objective moco = Recipes.named("moco").create();
        try (ParameterStore store = store(moco);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, moco, SIZES, WIDTH);
            memories.start(7);
            for (int step = 0; step < 3; step++) {
                Views views = memories.with(batch(1, 10 * (step + 1)), step);
                memories.remember(views, moco.evaluate(views));
            }

            float[][] queue = store.array("head.memory.queue").toRows();

            // Six keys into five places: the last one stands where the first one was.
            assertThat(new float[] {queue[0][0], queue[1][0], queue[2][0], queue[3][0], queue[4][0]})
                    .containsExactly(31, 11, 20, 21, 30);
        }
    }

    @Test
    void the_queue_of_a_labelled_batch_keeps_all_views_with_their_labels() {
        Objective past = Recipes.named("cross-batch-memory").create();
        try (ParameterStore store = store(past);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, past, SIZES, WIDTH);
            memories.start(7);
            assertThat(store.array("head.memory.queue-labels").toFloats()).containsOnly(-1);
            Views views = memories.with(batch(1, 10).withLabels(new int[] {3, 2}), 0);

            memories.remember(views, past.evaluate(views));

            assertThat(store.array("head.memory.queue-labels").toFloats()).containsExactly(3, 2, 3, 2, -1);
        }
    }

    @Test
    void a_bank_is_a_queue_of_one_label_that_no_other_label_pushes_out() {
        Objective banks = Recipes.named("language-banks").create();
        try (ParameterStore store = store(banks);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, banks, SIZES, WIDTH);
            memories.start(7);
            // Four labels, five rows each.
            float[] labels = store.array("head.memory.bank-labels").toFloats();
            assertThat(labels).hasSize(20).startsWith(0, 0, 0, 0, 0, 1);
            float[][] random = store.array("head.memory.label-banks").toRows();
            Views rare = memories.with(batch(1, 500).withLabels(new int[] {2, 3}), 0);
            memories.remember(rare, banks.evaluate(rare));
            for (int step = 0; step < 4; step++) {
                Views views = memories.with(batch(1, 10 * (step + 1)).withLabels(new int[] {3, 3}), step);
                memories.remember(views, banks.evaluate(views));
            }

            float[][] rows = store.array("head.memory.label-banks").toRows();

            assertThat(rows[10][0]).isEqualTo(500);
            assertThat(rows[11]).isEqualTo(random[11]);
            // 501, 10, 11, 20, 21 filled the bank of label 3; 30, 31, 40, 41 stand where the first four were.
            assertThat(new float[] {rows[15][0], rows[16][0], rows[17][0], rows[18][0], rows[19][0]})
                    .containsExactly(30, 31, 40, 41, 21);
            assertThat(rows[0]).isEqualTo(random[0]);
        }
    }

    @Test
    void of_a_batch_larger_than_its_bank_the_last_rows_are_kept() {
        Objective banks = Recipes.named("language-banks").create();
        Memories.Sizes small = new Memories.Sizes(1, 1, 3, 2, 6, 7);
        ParameterStore.Builder builder = ParameterStore.builder("test");
        Memories.declare(builder, banks, small, WIDTH);
        try (ParameterStore store = builder.create();
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, banks, small, WIDTH);
            memories.start(7);
            Views views = memories.with(batch(1, 10).withLabels(new int[] {0, 0}), 0);
            memories.remember(views, banks.evaluate(views));
            assertThat(store.array("head.memory.label-banks").toRows()[0][0]).isEqualTo(11);
        }
    }

    @Test
    void a_class_begins_as_its_first_row_and_then_learns() {
        Objective cosFace = Recipes.named("cosface").create();
        try (ParameterStore store = store(cosFace);
                AdamW optimizer = new AdamW(store, AdamW.Config.defaults());
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, cosFace, SIZES, WIDTH);
            memories.start(7);
            Views views = memories.with(batch(1, 10).withLabels(new int[] {2, 0}), 0);

            float[][] classes =
                    Objects.requireNonNull(views.memories().get("classes")).toRows();
            Evaluation before = cosFace.evaluate(views);
            memories.learn(before);
            memories.remember(views, before);
            optimizer.step(1e-3);

            double length = Math.sqrt(2);
            assertThat(classes[2][0]).isCloseTo((float) (1 / length), within(1e-5f));
            assertThat(classes[0][0]).isCloseTo((float) (2 / Math.sqrt(5)), within(1e-5f));
            assertThat(classes[1]).containsOnly(0);
            Evaluation after = cosFace.evaluate(memories.with(batch(1, 10).withLabels(new int[] {2, 0}), 1));
            assertThat(after.loss()).isLessThan(before.loss());
        }
    }

    @Test
    void groups_move_to_the_rows_that_join_them_and_no_step_moves_them_otherwise() {
        Objective smog = Recipes.named("smog").with("group-momentum", "0.6").create();
        long[] items = {0, 1};
        float[][] projections = {{0.5f, 2, 0.25f}, {-1, 0.5f, 3}};
        try (ParameterStore store = store(smog);
                AdamW optimizer = new AdamW(store, AdamW.Config.defaults());
                Scope scope = Scope.open("test")) {
            Views batch = Views.of(List.of(
                    new View(ViewRole.ANCHOR, Tensor.of(new float[][] {{0, 2, 0}, {0, 0, 3}}), items, items),
                    new View(ViewRole.POSITIVE, Tensor.of(projections), items, items),
                    new View(ViewRole.POSITIVE, Tensor.of(projections), items, items)));
            Memories memories = new Memories(store, smog, SIZES, WIDTH);
            memories.start(7);
            // The first two of three groups begin as the rows of the first view, of length one.
            double[][] expected = {{0, 1, 0}, {0, 0, 1}, {0, 0, 0}};
            for (int step = 0; step < 3; step++) {
                Views views = memories.with(batch, step);
                Evaluation found = smog.evaluate(views);
                memories.learn(found);
                memories.remember(views, found);
                optimizer.step(1e-2);
                for (int k = 0; k < 2; k++) {
                    for (int d = 0; d < WIDTH; d++) {
                        expected[k][d] = 0.6 * expected[k][d] + 0.4 * projections[k][d];
                    }
                }
                if (step == 1) {
                    // The first row of the batch that found a group which nothing had touched.
                    expected[2] = new double[] {0, 1, 0};
                }
                float[] groups = Memories.learned(store, "prototypes");
                for (int i = 0; i < groups.length; i++) {
                    assertThat((double) groups[i])
                            .as(step + ", " + i)
                            .isCloseTo(expected[i / WIDTH][i % WIDTH], within(1e-5));
                }
            }
        }
    }

    @Test
    void a_rehearsal_leaves_nothing_behind() {
        Objective cosFace = Recipes.named("cosface").create();
        try (ParameterStore store = store(cosFace);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, cosFace, SIZES, WIDTH);
            memories.start(7);

            Views views = memories.with(batch(1, 10).withLabels(new int[] {2, 0}), 0);
            memories.learn(cosFace.evaluate(views));

            assertThat(store.array("head.memory.classes").toFloats()).containsOnly(0);
        }
    }

    @Test
    void slices_have_length_one_and_belong_to_the_step() {
        Objective lejepa = Recipes.named("lejepa").create();
        try (ParameterStore store = store(lejepa);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, lejepa, SIZES, WIDTH);
            memories.start(7);
            Tensor first = Objects.requireNonNull(
                    memories.with(batch(1, 2), 5).memories().get("slices"));
            Tensor again = Objects.requireNonNull(
                    memories.with(batch(1, 2), 5).memories().get("slices"));
            Tensor other = Objects.requireNonNull(
                    memories.with(batch(1, 2), 6).memories().get("slices"));

            assertThat(first.toFloats()).isEqualTo(again.toFloats()).isNotEqualTo(other.toFloats());
            for (float length : first.norm(1, false).toFloats()) {
                assertThat(length).isCloseTo(1, within(1e-6f));
            }
        }
    }

    @Test
    void a_record_finds_what_was_kept_for_it_whatever_its_place_in_a_batch() {
        Objective sogClr = Recipes.named("sogclr").create();
        try (ParameterStore store = store(sogClr);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, sogClr, SIZES, WIDTH);
            memories.start(7);
            Views first = memories.with(batch(1, 10).withRecords(new long[] {5, 2}), 0);
            Evaluation evaluation = sogClr.evaluate(first);
            memories.remember(first, evaluation);
            float[] kept = Objects.requireNonNull(evaluation.remembered().get("denominators"))
                    .toFloats();

            Views second = memories.with(batch(1, 10).withRecords(new long[] {2, 0}), 1);

            assertThat(kept[0]).isPositive();
            assertThat(Objects.requireNonNull(second.memories().get("denominators"))
                            .toFloats())
                    .containsExactly(kept[1], 0);
            assertThat(store.array("head.memory.denominators").toFloats())
                    .containsExactly(0, 0, kept[1], 0, 0, kept[0]);
        }
    }

    @Test
    void every_pair_of_classes_has_a_gate_and_those_of_a_batch_learn() {
        Objective hydra = Recipes.named("hydra").create();
        try (ParameterStore store = store(hydra);
                Sgd optimizer = new Sgd(store, 0, 0);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, hydra, SIZES, WIDTH);
            memories.start(7);
            Views views = memories.with(batch(1, 10).withLabels(new int[] {3, 3}), 0);

            memories.learn(hydra.evaluate(views));
            optimizer.step(1);

            // Four classes have ten pairs, and that of the last with itself is the last.
            float[][] gates = store.array("head.memory.gates").toRows();
            assertThat(gates).hasDimensions(10, WIDTH);
            for (int pair = 0; pair < 9; pair++) {
                assertThat(gates[pair]).containsOnly(0);
            }
            assertThat(gates[9]).isNotEqualTo(new float[WIDTH]);
        }
    }

    @Test
    void a_scheduled_temperature_goes_with_the_steps_and_not_with_the_batches() {
        Objective scheduled =
                Recipes.named("nt-xent").with("temperature-policy", "scheduled").create();
        Memories.Course course = new Memories.Course(TemperatureSchedule.parse("0.2:1,shape=linear"), 5);
        try (ParameterStore store = store(scheduled);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, scheduled, SIZES, WIDTH, course);
            memories.start(7);
            for (int step = 0; step < 5; step++) {
                String temperature = String.valueOf((2 + 2 * step) / 10.0);
                for (int batch = 0; batch < 2; batch++) {
                    Views views = memories.with(batch(1, 10), 10 * step + batch);
                    Evaluation found = scheduled.evaluate(views);
                    memories.learn(found);
                    memories.remember(views, found);
                    assertThat(found.loss())
                            .as("step " + step)
                            .isCloseTo(
                                    Recipes.named("nt-xent")
                                            .with("temperature", temperature)
                                            .create()
                                            .evaluate(batch(1, 10))
                                            .loss(),
                                    within(1e-9));
                }
                memories.stepped();
            }
        }
    }

    @Test
    void a_scheduled_temperature_without_a_schedule_is_refused() {
        Objective scheduled =
                Recipes.named("nt-xent").with("temperature-policy", "scheduled").create();
        try (ParameterStore store = store(scheduled)) {
            assertThatThrownBy(() -> new Memories(store, scheduled, SIZES, WIDTH))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("0.1:1");
        }
    }

    @Test
    void a_memory_follows_the_slots_of_the_objective_that_asks_for_it_and_not_of_one_beside() {
        SeveralSettings beside = new SeveralSettings(Map.of("also", "info-nce"));
        Objective several = beside.objective(
                "cosent", Map.of("info-nce.temperature-policy", "learned", "info-nce.temperature", "0.01"));
        try (ParameterStore store = store(several);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, several, SIZES, WIDTH);
            memories.start(7);

            assertThat(Memory.FASTER * store.array("head.memory.log-scale").item())
                    .as("cosent beside it has a scale of 20")
                    .isCloseTo(Math.log(100), within(1e-5));
        }
        Objective heads = new SeveralSettings(Map.of("also", "amcl"))
                .objective("info-nce", Map.of("heads", "1", "amcl.heads", "3"));
        try (ParameterStore store = store(heads);
                Scope scope = Scope.open("test")) {
            assertThat(store.array("head.memory.temperature-map").size(0)).isEqualTo(3);
        }
    }

    @Test
    void a_learned_scale_begins_where_the_recipe_says_and_stays_in_its_range() {
        Objective clip =
                Recipes.named("clip").with("temperature-policy", "learned").create();
        try (ParameterStore store = store(clip);
                Sgd optimizer = new Sgd(store, 0, 0);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, clip, SIZES, WIDTH);
            memories.start(7);
            Views views = memories.with(batch(1, 10), 0);

            assertThat(Objects.requireNonNull(views.memories().get("log-scale")).item())
                    .isCloseTo(Math.log(1 / 0.07), within(1e-6));
            memories.learn(clip.evaluate(views));
            double before = store.array("head.memory.log-scale").item();
            optimizer.step(1);
            assertThat(store.array("head.memory.log-scale").item()).isNotEqualTo(before);

            store.array("head.memory.log-scale").put(new float[] {1});
            Views later = memories.with(batch(1, 10), 1);
            assertThat(Objects.requireNonNull(later.memories().get("log-scale")).item())
                    .isCloseTo(Math.log(100), within(1e-5));
            memories.remember(later, clip.evaluate(later));
            assertThat(100 * store.array("head.memory.log-scale").item()).isCloseTo(Math.log(100), within(1e-5));
        }
    }

    @Test
    void the_bank_moves_the_vectors_of_the_batch_and_no_others() {
        Objective bank = Recipes.named("invariance-propagation").create();
        try (ParameterStore store = store(bank);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, bank, SIZES, WIDTH);
            memories.start(7);
            float[][] before = store.array("head.memory.bank").toRows();
            Views views = memories.with(batch(1, 10).withRecords(new long[] {4, 1}), 0);

            memories.remember(views, bank.evaluate(views));

            float[][] after = store.array("head.memory.bank").toRows();
            for (int record = 0; record < before.length; record++) {
                if (record == 4 || record == 1) {
                    assertThat(after[record]).isNotEqualTo(before[record]);
                } else {
                    assertThat(after[record]).isEqualTo(before[record]);
                }
            }
        }
    }

    @Test
    void after_a_pass_over_the_data_clusters_are_the_centres_of_the_bank() {
        Objective clustered = Recipes.named("proto-nce").create();
        Memories.Sizes sizes = new Memories.Sizes(4, 5, 2, 2, 6, 7);
        ParameterStore.Builder builder = ParameterStore.builder("test");
        Memories.declare(builder, clustered, sizes, WIDTH);
        try (ParameterStore store = builder.create();
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, clustered, sizes, WIDTH);
            memories.start(7);
            // Three records along each of two axes; the last step ends the pass.
            float[][] bank = {{1, 0, 0}, {0, 1, 0}, {0.9f, 0.1f, 0}, {0.1f, 0.9f, 0}, {1, 0, 0.2f}, {0, 1, 0.2f}};
            for (int step = 0; step < 3; step++) {
                assertThat(store.array("head.memory.clusters").toFloats()).containsOnly(0);
                for (int record = 0; record < bank.length; record++) {
                    store.array("head.memory.bank").narrow(0, record, 1).copyInPlace(Tensor.of(bank[record], 1, WIDTH));
                }
                Views views = memories.with(batch(1, 1).withRecords(new long[] {2 * step, 2 * step + 1}), step);
                memories.remember(views, clustered.evaluate(views));
            }

            // The bank as it was read: the rows of the last batch had moved before.
            float[][] rows = store.array("head.memory.bank").normalize(-1).toRows();
            float[][] found = store.array("head.memory.clusters").toRows();
            for (float[] centre : found) {
                double[] sum = new double[WIDTH];
                for (float[] row : rows) {
                    if (dot(row, centre) >= dot(row, found[0]) && dot(row, centre) >= dot(row, found[1])) {
                        for (int k = 0; k < WIDTH; k++) {
                            sum[k] += row[k];
                        }
                    }
                }
                double length = Math.sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
                for (int k = 0; k < WIDTH; k++) {
                    assertThat((double) centre[k]).isCloseTo(sum[k] / length, within(1e-5));
                }
            }
            assertThat(dot(found[0], found[1])).isLessThan(0.9);
            assertThat(store.array("head.memory.concentrations").toFloats())
                    .hasSize(2)
                    .doesNotContain(0, Float.NaN);
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (double) a[k] * b[k];
        }
        return sum;
    }

    @Test
    void the_label_sets_of_classes_are_those_of_their_names() {
        Objective sets = Recipes.named("sup-con-multi-label").create();
        Memories.Sizes sizes = new Memories.Sizes(3, 5, 3, 2, 6, 7, List.of("red|round", "round", "blue"));
        ParameterStore.Builder builder = ParameterStore.builder("test");
        Memories.declare(builder, sets, sizes, WIDTH);
        try (ParameterStore store = builder.create();
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, sets, sizes, WIDTH);
            memories.start(7);
            Views views = memories.with(batch(1, 10).withLabels(new int[] {0, 1}), 0);
            memories.remember(views, sets.evaluate(views));

            assertThat(store.array("head.memory.label-sets").toRows())
                    .isDeepEqualTo(new float[][] {{1, 1, 0}, {0, 1, 0}, {0, 0, 1}});
        }
    }

    @Test
    void what_smooths_adds_nothing_at_first_and_learns_from_the_first_step() {
        Objective hallucinator = Recipes.named("hallucinator").create();
        try (ParameterStore store = store(hallucinator);
                Scope scope = Scope.open("test")) {
            Memories memories = new Memories(store, hallucinator, SIZES, WIDTH);
            memories.start(7);
            Views views = memories.with(batch(1, 10), 0);
            Evaluation evaluation = hallucinator.evaluate(views);

            assertThat(norm(views, "smoothing-in")).isPositive();
            assertThat(norm(views, "smoothing-out")).isZero();
            assertThat(Objects.requireNonNull(evaluation.memoryGradients().get("smoothing-out"))
                            .norm()
                            .item())
                    .isPositive();
        }
    }

    private static double norm(Views views, String memory) {
        return Objects.requireNonNull(views.memories().get(memory)).norm().item();
    }
}
