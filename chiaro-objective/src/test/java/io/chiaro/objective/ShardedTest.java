package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several workers find what one finds on the whole batch, for every recipe, in double precision. */
@ExtendWith(LeakCheck.class)
class ShardedTest {

    private static final int ITEMS = 9;
    private static final int WIDTH = 6;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** All that an evaluation says, in plain Java. */
    private record Told(Evaluation evaluation, List<double[]> gradients, Map<String, double[]> memories) {

        static Told of(Objective objective, Views views) {
            Evaluation found = objective.evaluate(views);
            Map<String, double[]> memories = new LinkedHashMap<>();
            found.memoryGradients().forEach((name, rows) -> memories.put("gradient of " + name, rows.toDoubles()));
            found.remembered().forEach((name, rows) -> memories.put(name, rows.toDoubles()));
            return new Told(
                    found, found.gradients().stream().map(Tensor::toDoubles).toList(), memories);
        }
    }

    static Stream<Recipe> recipes() {
        Stream<Recipe> learned = Stream.of("info-nce", "nt-xent", "multi-similarity")
                .map(name -> Recipes.named(name).with("temperature-policy", "learned"));
        return Stream.concat(Recipes.all().stream(), learned);
    }

    private static Tensor tensor(double[][] rows) {
        return Tensor.of(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), rows.length, rows[0].length);
    }

    /** The batch that the other tests of the recipe take. */
    static Views batch(Recipe recipe, SplittableRandom random) {
        return recipe.pattern() == null ? columns(Sample.random(random, 3, ITEMS, WIDTH)) : views(recipe, random);
    }

    private static Views columns(Sample sample) {
        List<View> views = new ArrayList<>();
        for (int v = 0; v < sample.values.length; v++) {
            ViewRole role = v == 0 ? ViewRole.ANCHOR : v == 1 ? ViewRole.POSITIVE : ViewRole.NEGATIVE;
            views.add(new View(role, tensor(sample.values[v]), sample.items[v], sample.contents[v]));
        }
        return Views.of(views)
                .withScores(sample.gold())
                .withTeacherScores(sample.teacherScores())
                .withGuides(
                        Arrays.stream(sample.guide()).map(ShardedTest::tensor).toList());
    }

    private static Views views(Recipe recipe, SplittableRandom random) {
        int count = Math.max(2, recipe.create().needs().views());
        Given given = Given.random(random, count, ITEMS, WIDTH);
        List<View> views = new ArrayList<>();
        for (int v = 0; v < count; v++) {
            long[] items = new long[ITEMS];
            long[] contents = new long[ITEMS];
            for (int i = 0; i < ITEMS; i++) {
                // Larger than a double can count.
                items[i] = Long.MAX_VALUE - 7L * i;
                contents[i] = Long.MIN_VALUE + (long) v * ITEMS + i;
            }
            views.add(
                    new View(v == 0 ? ViewRole.ANCHOR : ViewRole.POSITIVE, tensor(given.views()[v]), items, contents));
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        given.memory().forEach((name, rows) -> memories.put(name, tensor(rows)));
        return Views.of(views)
                .withLabels(given.labels())
                .withScores(given.targets())
                .withTeacherScores(
                        IntStream.range(0, ITEMS).mapToObj(given::teacher).toArray(double[][]::new))
                .withMemories(memories)
                .withGuides(given.guides())
                .withRecords(LongStream.range(0, ITEMS).toArray());
    }

    private static void equal(Told found, Told whole, int workers) {
        String told = workers + " workers";
        equalInValue(found, whole, told);
        assertThat(found.evaluation().anchors())
                .as(told)
                .isEqualTo(whole.evaluation().anchors());
        assertThat(found.evaluation().skippedAnchors())
                .as(told)
                .isEqualTo(whole.evaluation().skippedAnchors());
        assertThat(found.evaluation().maskedCells())
                .as(told)
                .isEqualTo(whole.evaluation().maskedCells());
        close(found.evaluation().chance(), whole.evaluation().chance(), told);
        whole.evaluation()
                .components()
                .forEach((name, value) -> close(found.evaluation().components().getOrDefault(name, -1.0), value, name));
    }

    private static void equalInValue(Told found, Told whole, String told) {
        close(found.evaluation().loss(), whole.evaluation().loss(), told);
        for (int v = 0; v < whole.gradients().size(); v++) {
            close(found.gradients().get(v), whole.gradients().get(v), told + ", view " + v);
        }
        assertThat(found.memories()).containsOnlyKeys(whole.memories().keySet());
        whole.memories().forEach((name, rows) -> close(found.memories().getOrDefault(name, rows), rows, name));
    }

    private static void close(double found, double expected, String told) {
        if (Double.isNaN(expected)) {
            assertThat(found).as(told).isNaN();
        } else {
            assertThat(found).as(told).isCloseTo(expected, within(1e-9 * Math.max(1, Math.abs(expected))));
        }
    }

    private static void close(double[] found, double[] expected, String told) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertThat(found).as(told).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as(told + ", number " + i).isCloseTo(expected[i], within(1e-9 * Math.max(1, largest)));
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void value_and_gradients_do_not_depend_on_the_number_of_workers(Recipe recipe) {
        Objective objective = recipe.create();
        Property.check(2, random -> {
            try (Scope scope = Scope.open("sharded test")) {
                Views batch = batch(recipe, random);
                Told whole = Told.of(objective, batch);
                assertThat(whole.evaluation().loss()).isFinite();
                for (int workers = 1; workers <= 3; workers++) {
                    equal(Told.of(new Sharded(objective, workers), batch), whole, workers);
                }
            }
        });
    }

    @Test
    @Timeout(120)
    void a_worker_without_rows_does_no_harm() {
        for (String name : List.of(
                "sup-con",
                "info-nce",
                "triplet",
                "arcface",
                "batch-hard",
                "vicreg",
                "gist",
                "macl",
                "dclw",
                "isogclr",
                "bad-pairs",
                "mochi",
                "noise-negatives",
                "temperature-as-uncertainty")) {
            Recipe recipe = Recipes.named(name);
            try (Scope scope = Scope.open("more workers than items")) {
                Views batch = batch(recipe, new SplittableRandom(3));
                equal(
                        Told.of(new Sharded(recipe.create(), ITEMS + 2), batch),
                        Told.of(recipe.create(), batch),
                        ITEMS + 2);
            }
        }
    }

    @Test
    void strips_tiles_and_truncations_may_be_cut_at_will() {
        Objective tiled = ((Contrast) Recipes.named("sup-con").create()).withTiling(new Tiling(2, 3, 6));
        Objective tiledColumns = ((Contrast) Recipes.named("gte").create()).withTiling(new Tiling(2, 3, 6));
        try (Scope scope = Scope.open("tiles")) {
            Views rows = batch(Recipes.named("sup-con"), new SplittableRandom(4));
            equalInValue(
                    Told.of(new Sharded(tiled, 2), rows),
                    Told.of(Recipes.named("sup-con").create(), rows),
                    "strips of two rows");
            Views columns = batch(Recipes.named("gte"), new SplittableRandom(5));
            Objective plain = Recipes.named("gte").create();
            equal(Told.of(new Sharded(tiledColumns, 3), columns), Told.of(plain, columns), 3);
            Objective nested = Matryoshka.of(plain, 6, 2);
            equal(Told.of(new Sharded(nested, 2), columns), Told.of(nested, columns), 2);
        }
    }

    @Test
    void positives_in_any_order_and_repeated_texts_stay_with_their_items() {
        Sample sample = Sample.random(new SplittableRandom(6), 3, ITEMS, WIDTH);
        // Item 3 has two positives, item 5 none; rows of a view stand in another order than those of the first.
        sample.items[1][5] = sample.items[1][3];
        swap(sample.items[2], 0, ITEMS - 1);
        swap(sample.items[1], 1, 7);
        // One text with two workers.
        sample.contents[0][ITEMS - 1] = sample.contents[0][0];
        Objective objective = Recipes.named("gte").create();
        try (Scope scope = Scope.open("any order")) {
            Views batch = columns(sample);
            Told whole = Told.of(objective, batch);
            assertThat(whole.evaluation().skippedAnchors()).isEqualTo(1);
            assertThat(whole.evaluation().maskedCells()).isPositive();
            equal(Told.of(new Sharded(objective, 2), batch), whole, 2);
            equal(Told.of(new Sharded(objective, 3), batch), whole, 3);
        }
    }

    private static void swap(long[] values, int a, int b) {
        long value = values[a];
        values[a] = values[b];
        values[b] = value;
    }

    /** Weighs each row by what is remembered of its record, and remembers a mean with the row's first number. */
    record OfRecords() implements BatchLoss {

        @Override
        public Tensor value(ViewBatch batch) {
            return batch.view(0)
                    .multiply(batch.view(1))
                    .sum(1, true)
                    .divide(batch.memory("denominators"))
                    .sum();
        }

        @Override
        public Map<String, Tensor> remembered(ViewBatch batch) {
            Tensor before = batch.memory("denominators");
            return Map.of(
                    "denominators",
                    before.add(batch.view(0).detach().narrow(1, 0, 1)).divide(2));
        }

        @Override
        public Set<String> memories() {
            return Set.of("denominators");
        }
    }

    @Test
    void what_is_remembered_of_a_record_is_with_the_worker_who_has_it() {
        Objective objective = new WholeBatch(new OfRecords());
        try (Scope scope = Scope.open("of records")) {
            double[][] denominators = new double[ITEMS][1];
            Arrays.setAll(denominators, i -> new double[] {1 + i});
            Views batch = batch(Recipes.named("nt-xent"), new SplittableRandom(8))
                    .withMemories(Map.of("denominators", tensor(denominators)))
                    .withRecords(new long[] {5, 3, 8, 1, 0, 2, 7, 6, 4})
                    .withAddress(17);
            Told whole = Told.of(objective, batch);
            assertThat(whole.memories()).containsKey("denominators");
            for (int workers = 2; workers <= 4; workers++) {
                equal(Told.of(new Sharded(objective, workers), batch), whole, workers);
            }
        }
    }

    @Test
    void an_error_of_the_objective_is_the_error_of_all_workers() {
        try (Scope scope = Scope.open("error")) {
            Views unlabelled = Views.of(
                    batch(Recipes.named("sup-con"), new SplittableRandom(7)).list());
            Objective objective = new Sharded(Recipes.named("sup-con").create(), 2);
            assertThatThrownBy(() -> objective.evaluate(unlabelled))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("label");
        }
    }

    @Test
    void a_worker_that_fails_alone_does_not_leave_the_others_waiting() {
        assertThatThrownBy(() -> Workers.run(3, collective -> {
                    if (collective.worker() == 1) {
                        throw new IllegalStateException("worker 1 fell");
                    }
                    return collective.gather(new double[] {collective.worker()});
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("worker 1 fell");
    }

    @Test
    void sums_are_added_in_the_order_of_workers_and_are_the_same_for_all() {
        // 1e16 + 1 - 1e16 depends on the order.
        double[] given = {1e16, 1, -1e16};
        List<Double> found = Workers.run(3, collective -> collective.sum(new double[] {given[collective.worker()]})[0]);
        assertThat(found).containsOnly(1e16 + 1 - 1e16);
        assertThat(Collective.alone().sum(given)).isSameAs(given);
    }
}
