package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Late interaction: items of many vectors, compared by the sum of largest cosines. */
@ExtendWith(LeakCheck.class)
class MaxSimTest {

    private static final int WIDTH = 4;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** The vectors of the rows of some views, [view][row][vector][number]; rows differ in how many they have. */
    private record Tokens(double[][][][] views, double[] scores) {

        static Tokens random(RandomGenerator random, int views, int rows) {
            double[][][][] values = new double[views][rows][][];
            double[] scores = new double[rows];
            for (int i = 0; i < rows; i++) {
                for (int v = 0; v < views; v++) {
                    values[v][i] = new double[1 + random.nextInt(5)][WIDTH];
                    for (double[] token : values[v][i]) {
                        Arrays.setAll(token, k -> random.nextGaussian());
                    }
                }
                scores[i] = random.nextGaussian();
            }
            return new Tokens(values, scores);
        }

        /** As an objective takes them, with room for some vectors more than there are. */
        Views views(int room) {
            List<View> list = new ArrayList<>();
            for (int v = 0; v < views.length; v++) {
                double[][][] rows = views[v];
                int longest =
                        Arrays.stream(rows).mapToInt(row -> row.length).max().orElseThrow() + room;
                double[] flat = new double[rows.length * longest * WIDTH];
                long[] items = new long[rows.length];
                long[] contents = new long[rows.length];
                for (int i = 0; i < rows.length; i++) {
                    for (int t = 0; t < rows[i].length; t++) {
                        System.arraycopy(rows[i][t], 0, flat, (i * longest + t) * WIDTH, WIDTH);
                    }
                    items[i] = 100 + i;
                    contents[i] = 1000L * v + i;
                }
                ViewRole role = v == 0 ? ViewRole.ANCHOR : v == 1 ? ViewRole.POSITIVE : ViewRole.NEGATIVE;
                list.add(new View(role, Tensor.of(flat, rows.length, longest, WIDTH), items, contents));
            }
            return Views.of(list).withScores(scores);
        }

        double loss(Objective objective) {
            try (Scope scope = Scope.open("value")) {
                return objective.evaluate(views(0)).loss();
            }
        }

        double score(int anchor, int view, int row) {
            double sum = 0;
            for (double[] x : views[0][anchor]) {
                double largest = Double.NEGATIVE_INFINITY;
                for (double[] y : views[view][row]) {
                    largest = Math.max(largest, dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)));
                }
                sum += largest;
            }
            return sum;
        }

        private static double dot(double[] x, double[] y) {
            double sum = 0;
            for (int k = 0; k < x.length; k++) {
                sum += x[k] * y[k];
            }
            return sum;
        }
    }

    private static Objective objective(String recipe) {
        return Recipes.named(recipe)
                .with(Map.of("similarity", "max-sim", "scale", "1.5"))
                .create();
    }

    @Test
    void the_value_is_that_of_a_plain_double_loop() {
        Objective softmax = objective("info-nce");
        Objective margins = objective("margin-mse");
        Property.check(20, random -> {
            Tokens tokens = Tokens.random(random, 3, 2 + random.nextInt(5));
            int rows = tokens.scores().length;
            double expected = 0;
            double squares = 0;
            for (int i = 0; i < rows; i++) {
                double all = 0;
                for (int v = 1; v < 3; v++) {
                    for (int j = 0; j < rows; j++) {
                        all += Math.exp(1.5 * tokens.score(i, v, j));
                    }
                }
                expected += (Math.log(all) - 1.5 * tokens.score(i, 1, i)) / rows;
                double margin = 1.5 * (tokens.score(i, 1, i) - tokens.score(i, 2, i));
                squares += Math.pow(margin - tokens.scores()[i], 2) / rows;
            }
            assertThat(tokens.loss(softmax)).isCloseTo(expected, within(1e-10));
            assertThat(tokens.loss(margins)).isCloseTo(squares, within(1e-10));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"info-nce", "gte", "margin-mse", "triplet"})
    void the_gradient_is_the_slope_of_the_value(String recipe) {
        Objective objective = objective(recipe);
        Property.check(3, random -> {
            Tokens tokens = Tokens.random(random, 3, 4);
            try (Scope scope = Scope.open("gradient")) {
                List<Tensor> gradients = objective.evaluate(tokens.views(2)).gradients();
                double step = 1e-6;
                for (int v = 0; v < 3; v++) {
                    double[] found = gradients.get(v).toDoubles();
                    int room = Math.toIntExact(gradients.get(v).size(1));
                    double all = 0;
                    double tried = 0;
                    for (double number : found) {
                        all += Math.abs(number);
                    }
                    for (int i = 0; i < 4; i++) {
                        for (int t = 0; t < tokens.views()[v][i].length; t++) {
                            for (int k = 0; k < WIDTH; k++) {
                                double before = tokens.views()[v][i][t][k];
                                tokens.views()[v][i][t][k] = before + step;
                                double up = tokens.loss(objective);
                                tokens.views()[v][i][t][k] = before - step;
                                double down = tokens.loss(objective);
                                tokens.views()[v][i][t][k] = before;
                                double gradient = found[(i * room + t) * WIDTH + k];
                                tried += Math.abs(gradient);
                                assertThat(gradient).isCloseTo((up - down) / (2 * step), within(1e-6));
                            }
                        }
                    }
                    assertThat(all)
                            .as("vectors that are not there have no gradient")
                            .isCloseTo(tried, within(1e-12));
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"info-nce", "gte", "margin-mse"})
    void of_one_vector_each_it_is_the_cosine(String recipe) {
        Objective cosine = Recipes.named(recipe)
                .with(Map.of("similarity", "cosine", "scale", "1.5"))
                .create();
        Property.check(5, random -> {
            Sample sample = Sample.random(random, 3, 5, 6);
            Sample.Result expected = sample.evaluate(cosine);
            Sample.Result found = sample.evaluate(objective(recipe));
            assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-6));
            for (int v = 0; v < 3; v++) {
                for (int i = 0; i < 5; i++) {
                    assertThat(found.gradients()[v][i]).containsExactly(expected.gradients()[v][i], within(1e-6));
                }
            }
        });
    }

    /** What an evaluation says, in plain Java. */
    private static double[][] told(Objective objective, Tokens tokens, int room) {
        try (Scope scope = Scope.open("told")) {
            Evaluation found = objective.evaluate(tokens.views(room));
            List<double[]> all = new ArrayList<>();
            all.add(new double[] {
                found.loss(), found.chance(), found.components().getOrDefault("top-1", 0.0)
            });
            found.gradients().forEach(gradient -> all.add(gradient.toDoubles()));
            return all.toArray(double[][]::new);
        }
    }

    private static void assertSame(double[][] found, double[][] expected) {
        for (int part = 0; part < expected.length; part++) {
            assertThat(found[part]).containsExactly(expected[part], within(1e-9));
        }
    }

    @Test
    void tiles_and_workers_change_neither_value_nor_gradient() {
        Contrast whole = (Contrast) objective("gte");
        Property.check(4, random -> {
            Tokens tokens = Tokens.random(random, 3, 7);
            double[][] expected = told(whole, tokens, 1);
            for (Tiling tiling : List.of(new Tiling(1, 1, 0), new Tiling(3, 2, 0), new Tiling(2, 5, 1L << 20))) {
                assertSame(told(whole.withTiling(tiling), tokens, 1), expected);
            }
            assertSame(told(new Sharded(whole, 2), tokens, 1), expected);
            assertSame(told(new Sharded(whole, 3), tokens, 1), expected);
        });
    }

    @Test
    void products_are_made_a_few_rows_at_a_time_where_all_would_be_too_many() {
        int tokens = 700;
        int rows = 12;
        assertThat((long) rows * rows * tokens * tokens).isGreaterThan(10L * MaxSim.MOST_PRODUCTS);
        double[] flat = new double[rows * tokens * 2];
        for (int i = 0; i < rows; i++) {
            for (int t = 0; t < tokens; t++) {
                double angle = (i + 0.9 * t / tokens) * Math.PI / rows;
                flat[(i * tokens + t) * 2] = Math.cos(angle);
                flat[(i * tokens + t) * 2 + 1] = Math.sin(angle);
            }
        }
        Geometry maxSim = Similarity.Kind.MAX_SIM.geometry();
        try (Scope scope = Scope.open("large")) {
            Tensor values = maxSim.rows(Tensor.of(flat, rows, tokens, 2));
            Geometry.Block all = new Geometry.Block(values, values, false);
            double[] scores = maxSim.scores(all).toDoubles();
            for (int i = 0; i < rows; i++) {
                assertThat(scores[i * rows + i]).isCloseTo(tokens, within(1e-6));
            }
            double[] aligned =
                    maxSim.scores(new Geometry.Block(values, values, true)).toDoubles();
            for (int i = 0; i < rows; i++) {
                assertThat(aligned[i]).isCloseTo(scores[i * rows + i], within(1e-9));
            }
            Tensor ones = Tensor.ones(rows, rows).to(values.type());
            // Scores are of the first degree in the anchors' vectors: x ds/dx = s.
            double[] along = maxSim.pull(all, ones)
                    .anchors()
                    .multiply(values)
                    .sum(-1, false)
                    .sum(-1, false)
                    .toDoubles();
            for (int i = 0; i < rows; i++) {
                double expected = 0;
                for (int j = 0; j < rows; j++) {
                    expected += scores[i * rows + j];
                }
                assertThat(along[i]).isCloseTo(expected, within(1e-6));
            }
        }
    }

    @Test
    void a_candidate_without_vectors_has_the_score_0_and_nothing_flows_to_it() {
        Geometry maxSim = Similarity.Kind.MAX_SIM.geometry();
        try (Scope scope = Scope.open("empty")) {
            Tensor anchors = maxSim.rows(Tensor.of(new double[] {-1, 0, 0, -1}, 1, 2, 2));
            Tensor given = Tensor.of(new double[] {1, 0, 0, 0, 0, 0, 0, 0}, 2, 2, 2);
            Tensor candidates = maxSim.rows(given);
            Geometry.Block block = new Geometry.Block(anchors, candidates, false);
            // The second vector of the first candidate is none, though its product would be larger than -1.
            assertThat(maxSim.scores(block).toDoubles()).containsExactly(-1, 0);
            Tensor flowing =
                    maxSim.pull(block, Tensor.of(new double[] {1, 1}, 1, 2)).candidates();
            assertThat(maxSim.values(given, candidates, flowing).toDoubles())
                    .containsExactly(new double[] {0, -1, 0, 0, 0, 0, 0, 0}, within(1e-12));
        }
    }

    @Test
    void many_vectors_are_refused_where_they_mean_nothing() {
        Objective cosine = Recipes.named("info-nce").create();
        Tokens tokens = Tokens.random(new java.util.SplittableRandom(1), 2, 3);
        assertThatThrownBy(() -> tokens.loss(cosine))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("max-sim");
        Recipe blocks = Recipes.named("nt-xent");
        assertThatThrownBy(() -> blocks.with("similarity", "max-sim"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("in-batch or aligned");
    }

    static Stream<Named<JsonObject>> cases() {
        String name = "late-interaction-losses.json";
        try (InputStream in = Objects.requireNonNull(MaxSimTest.class.getResourceAsStream(name))) {
            JsonObject file = Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return file.objects("cases").stream()
                    .map(tried -> Named.of(tried.string("recipe") + ": " + tried.string("name"), tried));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double[] numbers(JsonObject of, String key) {
        return of.numbers(key).stream().mapToDouble(Double::doubleValue).toArray();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_and_gradient_are_those_of_sentence_transformers(JsonObject tried) {
        Objective objective = Recipes.named(tried.string("recipe"))
                .with(Map.of(
                        "similarity", "max-sim", "scale", tried.object("set").string("scale")))
                .create();
        try (Scope scope = Scope.open("reference")) {
            List<View> list = new ArrayList<>();
            for (JsonObject view : tried.objects("views")) {
                double[] values = numbers(view, "values");
                int rows = values.length / view.integer("length") / view.integer("width");
                long[] items = {0, 1, 2, 3};
                int v = list.size();
                long[] contents = {10L * v, 10L * v + 1, 10L * v + 2, 10L * v + 3};
                ViewRole role = v == 0 ? ViewRole.ANCHOR : v == 1 ? ViewRole.POSITIVE : ViewRole.NEGATIVE;
                list.add(new View(
                        role, Tensor.of(values, rows, view.integer("length"), view.integer("width")), items, contents));
            }
            Views views = Views.of(list);
            double[] teacher = numbers(tried, "teacher-scores");
            if (teacher.length > 0) {
                double[][] rows = new double[4][2];
                for (int i = 0; i < teacher.length; i++) {
                    rows[i / 2][i % 2] = teacher[i];
                }
                views = views.withTeacherScores(rows);
            }
            Evaluation found = objective.evaluate(views);
            assertThat(found.loss()).isCloseTo(tried.number("loss"), within(1e-5));
            List<JsonObject> expected = tried.objects("gradients");
            for (int v = 0; v < expected.size(); v++) {
                assertThat(found.gradients().get(v).toDoubles())
                        .containsExactly(numbers(expected.get(v), "values"), within(2e-6));
            }
        }
    }
}
