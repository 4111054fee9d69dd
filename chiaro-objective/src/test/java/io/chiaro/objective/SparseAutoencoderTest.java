package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The matrices of a sparse code learn beside the rows that they write. */
@ExtendWith(LeakCheck.class)
class SparseAutoencoderTest {

    private static final double STEP = 1e-5;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Objective csr(String... settings) {
        Map<String, String> fillings = new LinkedHashMap<>();
        fillings.put("unit-rows", "false");
        for (int i = 0; i < settings.length; i += 2) {
            fillings.put(settings[i], settings[i + 1]);
        }
        return Recipes.named("csr").with(fillings).create();
    }

    private static Tensor tensor(double[][] rows) {
        return Tensor.of(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), rows.length, rows[0].length);
    }

    private static Evaluation evaluate(Objective objective, double[][] rows, Map<String, double[][]> memory) {
        long[] places = new long[rows.length];
        Arrays.setAll(places, i -> i);
        Map<String, Tensor> memories = new LinkedHashMap<>();
        memory.forEach((name, values) -> memories.put(name, tensor(values)));
        return objective.evaluate(Views.of(new View(ViewRole.ANCHOR, tensor(rows), places, places))
                .withMemories(memories));
    }

    @Test
    void the_gradients_to_what_is_learned_are_finite_differences() {
        Objective objective = csr("active", "2", "contrast", "0.1");
        Property.check(3, random -> {
            Given given = Given.random(random, 1, 6, 6);
            double[][] rows = given.views()[0];
            try (Scope scope = Scope.open("test")) {
                Evaluation found = evaluate(objective, rows, given.memory());
                // What stays out of the auxiliary part's target is held fixed, so only latents that reach no other part
                // differ.
                for (String name : List.of("encoder", "latent-bias")) {
                    double[] gradient = Objects.requireNonNull(
                                    found.memoryGradients().get(name))
                            .toDoubles();
                    double[][] values = given.rowsOf(name);
                    double[][] idle = {new double[7]};
                    Map<String, double[][]> awake =
                            given.withMemory("idle", idle).memory();
                    double[] plain = Objects.requireNonNull(evaluate(objective, rows, awake)
                                    .memoryGradients()
                                    .get(name))
                            .toDoubles();
                    for (int k = 0; k < plain.length; k++) {
                        int row = k / values[0].length;
                        int column = k % values[0].length;
                        double before = values[row][column];
                        values[row][column] = before + STEP;
                        double above = evaluate(objective, rows, awake).loss();
                        values[row][column] = before - STEP;
                        double below = evaluate(objective, rows, awake).loss();
                        values[row][column] = before;
                        double expected = (above - below) / (2 * STEP);
                        assertThat(plain[k]).as(name).isCloseTo(expected, within(1e-5 * (1 + Math.abs(expected))));
                    }
                    // Latents 1, 3 and 5 have slept for long, and learn from what the others leave.
                    assertThat(gradient).isNotEqualTo(plain);
                }
            }
        });
    }

    @Test
    void latents_that_a_batch_uses_are_awake_and_the_others_a_batch_older() {
        Given given = Given.random(new SplittableRandom(5), 1, 6, 6);
        try (Scope scope = Scope.open("test")) {
            double[] after = Objects.requireNonNull(evaluate(csr("active", "1"), given.views()[0], given.memory())
                            .remembered()
                            .get("idle"))
                    .toDoubles();
            double[] before = given.rowsOf("idle")[0];
            for (int k = 0; k < after.length; k++) {
                assertThat(after[k]).isIn(0.0, before[k] + 1);
            }
            assertThat(after).contains(0);
        }
    }

    @Test
    void rows_of_few_directions_are_written_by_as_few_latents() {
        RandomStream random = RandomStream.of(3, "sparse rows");
        double[][] directions = rows(random, 12, 8, 1);
        double[][] rows = new double[64][8];
        for (double[] row : rows) {
            for (int k = 0; k < 2; k++) {
                double[] direction = directions[random.nextInt(12)];
                double share = 0.5 + random.nextDouble();
                Arrays.setAll(row, f -> row[f] + share * direction[f]);
            }
        }
        Map<String, double[][]> memory = new LinkedHashMap<>();
        memory.put("decoder", rows(random, 24, 8, 1 / Math.sqrt(8)));
        memory.put(
                "encoder",
                Arrays.stream(memory.get("decoder")).map(double[]::clone).toArray(double[][]::new));
        memory.put("latent-bias", new double[24][1]);
        memory.put("reading-bias", new double[1][8]);
        Objective objective = csr("active", "2", "wide", "0", "contrast", "0", "dead", "0");
        double first = step(objective, rows, memory, 0);
        double last = first;
        for (int step = 0; step < 300; step++) {
            last = step(objective, rows, memory, 0.02);
        }
        assertThat(last).isLessThan(0.25 * first);
    }

    private static double[][] rows(RandomStream random, int count, int width, double deviation) {
        double[][] rows = new double[count][width];
        for (double[] row : rows) {
            Arrays.setAll(row, k -> deviation * random.nextGaussian());
        }
        return rows;
    }

    private static double step(Objective objective, double[][] rows, Map<String, double[][]> memory, double rate) {
        try (Scope scope = Scope.open("test")) {
            Evaluation found = evaluate(objective, rows, memory);
            found.memoryGradients().forEach((name, gradient) -> {
                double[] slopes = gradient.toDoubles();
                double[][] values = Objects.requireNonNull(memory.get(name));
                for (int k = 0; k < slopes.length; k++) {
                    values[k / values[0].length][k % values[0].length] -= rate * slopes[k];
                }
            });
            return found.loss();
        }
    }
}
