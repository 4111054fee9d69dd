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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Objectives that look at an embedding in several stretches or subspaces. */
@ExtendWith(LeakCheck.class)
class HeadsTest {

    private static final double STEP = 1e-5;
    private static final int ITEMS = 7;
    private static final int WIDTH = 6;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Given random(SplittableRandom random) {
        return Given.random(random, 2, ITEMS, WIDTH);
    }

    /** What an objective teaches a memory. */
    private static double[] taught(Objective objective, Given given, String memory) {
        try (Scope scope = Scope.open("taught")) {
            return Objects.requireNonNull(
                            objective.evaluate(views(given)).memoryGradients().get(memory))
                    .toDoubles();
        }
    }

    private static Views views(Given given) {
        View[] list = new View[given.views().length];
        for (int v = 0; v < list.length; v++) {
            long[] items = LongStream.range(0, given.items()).toArray();
            long[] contents = new long[given.items()];
            for (int i = 0; i < contents.length; i++) {
                contents[i] = (long) v * items.length + i;
            }
            list[v] = new View(v == 0 ? ViewRole.ANCHOR : ViewRole.POSITIVE, tensor(given.views()[v]), items, contents);
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        given.memory().forEach((name, rows) -> memories.put(name, tensor(rows)));
        return Views.of(list).withLabels(given.labels()).withMemories(memories);
    }

    private static Tensor tensor(double[][] rows) {
        return Tensor.of(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), rows.length, rows[0].length);
    }

    private static double[][] rows(SplittableRandom random, int count, int width) {
        double[][] rows = new double[count][width];
        for (double[] row : rows) {
            Arrays.setAll(row, k -> random.nextGaussian());
        }
        return rows;
    }

    private static void isTaughtByDifferences(Objective objective, Given given, String memory) {
        double[] found = taught(objective, given, memory);
        double[][] rows = given.rowsOf(memory);
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            double[] row = rows[i / rows[0].length];
            int k = i % row.length;
            double before = row[k];
            row[k] = before + STEP;
            double above = given.evaluate(objective).loss();
            row[k] = before - STEP;
            double below = given.evaluate(objective).loss();
            row[k] = before;
            assertThat(found[i]).as(memory + " " + i).isCloseTo((above - below) / (2 * STEP), within(1e-8));
            largest = Math.max(largest, Math.abs(found[i]));
        }
        assertThat(largest).isGreaterThan(1e-4);
    }

    @Test
    void the_gradient_to_the_map_of_temperatures_is_that_of_differences() {
        Objective objective = Recipes.named("amcl")
                .with(Map.of("heads", "3", "share", "0.5", "regularisation", "0.2"))
                .create();
        Property.check(
                3,
                random -> isTaughtByDifferences(
                        objective,
                        random(random).withMemory("temperature-map", rows(random, 3, 3)),
                        "temperature-map"));
    }

    @Test
    void three_heads_are_their_formula() {
        Objective objective = Recipes.named("amcl").with("heads", "3").create();
        Property.check(3, random -> {
            Given given = random(random).withMemory("temperature-map", rows(random, 3, 3));
            assertThat(given.evaluate(objective).loss())
                    .isCloseTo(PlainPapers.adaptiveHeads(given, 3, 0.1, 1, 0.01, 1), within(1e-10));
        });
    }

    @Test
    void the_gradient_to_the_gates_is_that_of_differences() {
        Objective objective = Recipes.named("hydra").create();
        Property.check(3, random -> isTaughtByDifferences(objective, random(random), "gates"));
    }

    @Test
    void a_gate_belongs_to_a_pair_of_classes_whichever_comes_first() {
        // Two items of two classes: whoever is paired with whom, only three gates can be read.
        Objective objective = Recipes.named("hydra").create();
        Property.check(3, random -> {
            Given given = random(random).withLabels(new int[] {0, 1, 0, 1, 1, 0, 1});
            double[] found = taught(objective, given, "gates");
            for (int pair = 0; pair < 6; pair++) {
                double[] row = Arrays.copyOfRange(found, pair * WIDTH, (pair + 1) * WIDTH);
                assertThat(Arrays.stream(row).anyMatch(value -> value != 0))
                        .as("pair " + pair)
                        .isEqualTo(pair < 3);
            }
        });
    }

    @Test
    void equal_gates_are_no_gates() {
        Objective gated = Recipes.named("hydra").create();
        Objective open = Recipes.named("hydra").with("gated", "false").create();
        Property.check(3, random -> {
            Given given = random(random).withMemory("gates", new double[6][WIDTH]);
            assertThat(given.evaluate(gated).loss())
                    .isCloseTo(given.evaluate(open).loss(), within(1e-11));
        });
    }

    @Test
    void too_few_gates_are_an_error_that_says_how_many() {
        Given given = random(new SplittableRandom(1)).withMemory("gates", new double[3][WIDTH]);
        assertThatThrownBy(() -> given.withLabels(new int[] {2, 2, 2, 2, 2, 2, 2})
                        .evaluate(Recipes.named("hydra").create()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("at least 6");
    }

    /** A softmax, labels, a queue, learned classes, features, texts, and a scale that is learned. */
    static Stream<Recipe> recipes() {
        return Stream.of(
                Recipes.named("nt-xent"),
                Recipes.named("sup-con"),
                Recipes.named("moco"),
                Recipes.named("arcface"),
                Recipes.named("vicreg"),
                Recipes.named("dino"),
                Recipes.named("info-nce"),
                Recipes.named("clip").with("temperature-policy", "learned"));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void an_objective_of_several_heads_is_its_mean_over_their_stretches(Recipe recipe) {
        Objective whole = recipe.with("heads", "2").create();
        Property.check(2, random -> {
            Given given = random(random).withMemory("log-scale", new double[][] {{1.2}});
            double mean = 0;
            double[][][] gradients = new double[2][ITEMS][WIDTH];
            for (int head = 0; head < 2; head++) {
                Given.Found found = stretch(given, head * 3).evaluate(recipe.create());
                mean += found.loss() / 2;
                for (int v = 0; v < 2; v++) {
                    for (int i = 0; i < ITEMS; i++) {
                        for (int k = 0; k < 3; k++) {
                            gradients[v][i][head * 3 + k] = found.gradients()[v][i][k] / 2;
                        }
                    }
                }
            }
            Given.Found found = given.evaluate(whole);
            assertThat(found.loss()).isCloseTo(mean, within(1e-10 * (1 + Math.abs(mean))));
            for (int v = 0; v < 2; v++) {
                for (int i = 0; i < ITEMS; i++) {
                    assertThat(found.gradients()[v][i]).containsExactly(gradients[v][i], within(1e-10));
                }
            }
        });
    }

    /** Three numbers of every row of the views and of the memories whose rows are embeddings. */
    private static Given stretch(Given given, int from) {
        double[][][] views = new double[2][ITEMS][];
        for (int v = 0; v < 2; v++) {
            for (int i = 0; i < ITEMS; i++) {
                views[v][i] = Arrays.copyOfRange(given.views()[v][i], from, from + 3);
            }
        }
        Given cut = given.withViews(views);
        for (String memory : List.of("queue", "classes", "centre")) {
            cut = cut.withMemory(
                    memory,
                    Arrays.stream(given.rowsOf(memory))
                            .map(row -> Arrays.copyOfRange(row, from, from + 3))
                            .toArray(double[][]::new));
        }
        return cut;
    }

    @Test
    void what_heads_teach_a_memory_is_that_of_differences() {
        Property.check(
                2,
                random -> isTaughtByDifferences(
                        Recipes.named("cosface")
                                .with(Map.of("heads", "2", "scale", "5"))
                                .create(),
                        random(random),
                        "classes"));
        Property.check(
                2,
                random -> isTaughtByDifferences(
                        Recipes.named("clip")
                                .with(Map.of("heads", "3", "temperature-policy", "learned"))
                                .create(),
                        random(random).withMemory("log-scale", new double[][] {{1.2}}),
                        "log-scale"));
    }

    @Test
    void several_workers_find_what_one_finds() {
        for (Recipe recipe : List.of(Recipes.named("nt-xent"), Recipes.named("arcface"))) {
            Objective objective = recipe.with("heads", "2").create();
            try (Scope scope = Scope.open("workers")) {
                Views batch = views(random(new SplittableRandom(4)));
                Evaluation one = objective.evaluate(batch);
                Evaluation two = new Sharded(objective, 2).evaluate(batch);
                assertThat(two.loss()).isCloseTo(one.loss(), within(1e-10 * Math.abs(one.loss())));
                for (int v = 0; v < 2; v++) {
                    assertThat(two.gradients().get(v).toDoubles())
                            .containsExactly(one.gradients().get(v).toDoubles(), within(1e-10));
                }
            }
        }
    }

    @Test
    void heads_that_do_not_fill_an_embedding_are_refused() {
        assertThatThrownBy(() -> random(new SplittableRandom(1))
                        .evaluate(Recipes.named("nt-xent").with("heads", "4").create()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("4 heads");
        for (String heads : List.of("0", "1.5", "100", "two")) {
            assertThatThrownBy(() -> Recipes.named("nt-xent").with("heads", heads))
                    .as(heads)
                    .isInstanceOf(ChiaroException.class);
        }
        // What it keeps for each record would be written by one head over another.
        assertThatThrownBy(() -> Recipes.named("sogclr").with("heads", "2"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("denominators");
    }
}
