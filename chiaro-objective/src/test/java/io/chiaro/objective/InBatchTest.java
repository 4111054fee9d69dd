package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for candidates of the whole batch, whatever the recipe. */
@ExtendWith(LeakCheck.class)
class InBatchTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Contrast contrast(String recipe) {
        return (Contrast) Recipes.named(recipe).create();
    }

    private static Contrast at(double temperature, Direction... directions) {
        return Contrast.of(
                Pairing.inBatch(List.of(directions), Partition.JOINT),
                Supervision.sameItem(),
                Similarity.cosine(1 / temperature),
                new CrossEntropy());
    }

    /** B items in some views, 16 wide, all embeddings equal. */
    private static Sample constant(int views, int rows) {
        double[][][] values = new double[views][rows][16];
        for (double[][] view : values) {
            for (double[] row : view) {
                Arrays.fill(row, 0.25);
            }
        }
        Sample sample = new Sample(values);
        sample.guides = Sample.random(new SplittableRandom(3), views, rows, 4).guides;
        return sample;
    }

    /** Both views equal, items at right angles. */
    private static Sample orthonormal(int rows) {
        double[][][] values = new double[2][rows][16];
        for (double[][] view : values) {
            for (int i = 0; i < rows; i++) {
                view[i][i] = 1;
            }
        }
        return new Sample(values);
    }

    private static void assertClose(double[][] actual, double[][] expected, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(tolerance));
        }
    }

    private static void assertFinite(Sample.Result result) {
        assertThat(result.loss()).isFinite();
        for (double[][] view : result.gradients()) {
            for (double[] row : view) {
                for (double number : row) {
                    assertThat(number).isFinite();
                }
            }
        }
    }

    @Test
    void constant_and_orthonormal_features_give_the_closed_forms() {
        Objective clip =
                Recipes.named("symmetric-info-nce").with("temperature", "0.5").create();
        assertThat(constant(2, 8).evaluate(clip).loss()).isCloseTo(2.0794, within(1e-4));
        assertThat(orthonormal(8).evaluate(clip).loss()).isCloseTo(0.6665, within(1e-4));
        Objective ntXent = at(0.5, Direction.QUERY_TO_DOC, Direction.QUERY_TO_QUERY);
        assertThat(constant(2, 8).evaluate(ntXent).loss()).isCloseTo(2.7081, within(1e-4));
        assertThat(orthonormal(8).evaluate(ntXent).loss()).isCloseTo(1.0629, within(1e-4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"info-nce", "symmetric-info-nce", "gte", "gist", "simcse"})
    void the_chance_value_is_the_value_at_constant_features_with_no_gradient(String recipe) {
        Sample.Result result = constant(3, 8).evaluate(contrast(recipe));
        assertThat(result.evaluation().chance()).isCloseTo(result.loss(), within(1e-5));
        assertThat(result.loss()).isGreaterThan(1);
        for (double[][] view : result.gradients()) {
            assertClose(view, new double[8][16], 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"info-nce", "symmetric-info-nce", "gte", "gist"})
    void tiles_change_neither_value_nor_gradient(String recipe) {
        Contrast whole = contrast(recipe);
        Property.check(6, random -> {
            Sample sample = Sample.random(random, 2 + random.nextInt(2), 3 + random.nextInt(8), 6);
            tangle(random, sample);
            Sample.Result expected = sample.evaluate(whole);
            for (Tiling tiling : List.of(
                    new Tiling(1, 1, 0), new Tiling(2, 3, 0), new Tiling(3, 100, 0), new Tiling(4, 2, 1L << 20))) {
                Sample.Result tiled = sample.evaluate(whole.withTiling(tiling));
                assertThat(tiled.loss()).isCloseTo(expected.loss(), within(1e-5));
                assertThat(tiled.evaluation().chance())
                        .isCloseTo(expected.evaluation().chance(), within(1e-9));
                assertThat(tiled.evaluation().maskedCells())
                        .isEqualTo(expected.evaluation().maskedCells());
                assertThat(tiled.evaluation().components())
                        .isEqualTo(expected.evaluation().components());
                for (int v = 0; v < sample.values.length; v++) {
                    assertClose(tiled.gradients()[v], expected.gradients()[v], 3e-5);
                }
            }
        });
    }

    /** Some texts occur twice, some items occur twice, one item has no positive. */
    private static void tangle(RandomGenerator random, Sample sample) {
        int rows = sample.rows();
        sample.contents[1][random.nextInt(rows)] = sample.contents[1][random.nextInt(rows)];
        sample.contents[sample.values.length - 1][random.nextInt(rows)] = sample.contents[0][random.nextInt(rows)];
        int twice = random.nextInt(rows);
        int once = random.nextInt(rows);
        for (long[] items : sample.items) {
            items[twice] = items[once];
        }
        sample.items[1][random.nextInt(rows)] = -1;
    }

    @ParameterizedTest
    @ValueSource(strings = {"info-nce", "symmetric-info-nce", "gte", "gist"})
    void rows_may_stand_in_any_order_in_any_view(String recipe) {
        Contrast objective = contrast(recipe);
        Property.check(6, random -> {
            Sample sample = Sample.random(random, 3, 2 + random.nextInt(6), 6);
            sample.contents[1][0] = sample.contents[1][1];
            Sample.Result expected = sample.evaluate(objective);
            Sample other = new Sample(new double[3][sample.rows()][]);
            other.guides = new double[3][sample.rows()][];
            int[][] places = new int[3][];
            for (int v = 0; v < 3; v++) {
                places[v] = order(random, sample.rows());
                for (int i = 0; i < sample.rows(); i++) {
                    other.values[v][i] = sample.values[v][places[v][i]];
                    other.guide()[v][i] = sample.guide()[v][places[v][i]];
                    other.items[v][i] = sample.items[v][places[v][i]];
                    other.contents[v][i] = sample.contents[v][places[v][i]];
                }
            }
            Sample.Result result = other.evaluate(objective);
            assertThat(result.loss()).isCloseTo(expected.loss(), within(1e-5));
            assertThat(result.evaluation().maskedCells())
                    .isEqualTo(expected.evaluation().maskedCells());
            for (int v = 0; v < 3; v++) {
                for (int i = 0; i < sample.rows(); i++) {
                    assertThat(result.gradients()[v][i])
                            .containsExactly(expected.gradients()[v][places[v][i]], within(3e-5));
                }
            }
        });
    }

    private static int[] order(RandomGenerator random, int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int at = random.nextInt(i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        return order;
    }

    @Test
    void a_text_equal_to_the_query_or_the_positive_is_no_negative() {
        Sample sample = Sample.random(new SplittableRandom(5), 3, 4, 6);
        sample.contents[1][2] = sample.contents[1][0];
        sample.contents[2][3] = sample.contents[0][1];
        Sample.Result result = sample.evaluate(at(0.5, Direction.QUERY_TO_DOC));
        double loss = 0;
        for (int i = 0; i < 4; i++) {
            double z = 0;
            for (int j = 0; j < 4; j++) {
                boolean twin = i == 0 && j == 2 || i == 2 && j == 0;
                boolean query = i == 1 && j == 3;
                z += twin ? 0 : Math.exp(2 * Formulas.cosine(sample.values[0][i], sample.values[1][j]));
                z += query ? 0 : Math.exp(2 * Formulas.cosine(sample.values[0][i], sample.values[2][j]));
            }
            loss += (Math.log(z) - 2 * Formulas.cosine(sample.values[0][i], sample.values[1][i])) / 4;
        }
        assertThat(result.loss()).isCloseTo(loss, within(1e-5));
        assertThat(result.evaluation().maskedCells()).isEqualTo(3);
        assertThat(result.evaluation().chance()).isCloseTo((3 * Math.log(7) + Math.log(8)) / 4, within(1e-9));
    }

    @Test
    void all_texts_of_an_item_are_its_positives_to_the_same_degree() {
        Sample sample = Sample.random(new SplittableRandom(6), 2, 3, 6);
        sample.items[0][1] = sample.items[0][0];
        sample.items[1][1] = sample.items[1][0];
        Sample.Result result = sample.evaluate(at(0.5, Direction.QUERY_TO_DOC));
        double loss = 0;
        for (int i = 0; i < 3; i++) {
            double z = 0;
            double own = 0;
            for (int j = 0; j < 3; j++) {
                double score = 2 * Formulas.cosine(sample.values[0][i], sample.values[1][j]);
                z += Math.exp(score);
                own += i < 2 && j < 2 ? score / 2 : i == j ? score : 0;
            }
            loss += (Math.log(z) - own) / 3;
        }
        assertThat(result.loss()).isCloseTo(loss, within(1e-5));
        assertThat(result.evaluation().floor()).isCloseTo(2 * Math.log(2) / 3, within(1e-9));
    }

    @Test
    void an_anchor_without_positive_is_skipped_and_counted_while_its_texts_stay_candidates() {
        Sample sample = Sample.random(new SplittableRandom(7), 2, 4, 6);
        Contrast objective = at(0.5, Direction.QUERY_TO_DOC);
        sample.items[1][3] = -1;
        Sample.Result result = sample.evaluate(objective);
        assertThat(result.evaluation().anchors()).isEqualTo(3);
        assertThat(result.evaluation().skippedAnchors()).isEqualTo(1);
        double loss = 0;
        for (int i = 0; i < 3; i++) {
            double z = 0;
            for (int j = 0; j < 4; j++) {
                z += Math.exp(2 * Formulas.cosine(sample.values[0][i], sample.values[1][j]));
            }
            loss += (Math.log(z) - 2 * Formulas.cosine(sample.values[0][i], sample.values[1][i])) / 3;
        }
        assertThat(result.loss()).isCloseTo(loss, within(1e-5));
        assertThat(result.gradients()[0][3]).containsOnly(0);
        assertThat(result.gradients()[1][3]).isNotEqualTo(new double[6]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"info-nce", "symmetric-info-nce", "gte", "gist", "simcse"})
    void odd_batches_give_finite_values_and_gradients(String recipe) {
        Objective objective = Recipes.named(recipe).with("temperature", "0.01").create();
        Sample single = Sample.random(new SplittableRandom(8), 2, 1, 6);
        assertFinite(single.evaluate(objective));
        Sample zero = Sample.random(new SplittableRandom(9), 3, 4, 6);
        Arrays.fill(zero.values[0][1], 0);
        Arrays.fill(zero.values[1][2], 0);
        Sample.Result result = zero.evaluate(objective);
        assertFinite(result);
        assertThat(result.gradients()[0][1]).containsOnly(0);
        Sample same = Sample.random(new SplittableRandom(10), 3, 4, 6);
        for (double[][] view : same.values) {
            Arrays.fill(view, view[0]);
        }
        assertFinite(same.evaluate(objective));
        Sample strangers = Sample.random(new SplittableRandom(11), 2, 4, 6);
        Arrays.fill(strangers.items[1], -1);
        Sample.Result nothing = strangers.evaluate(objective);
        assertFinite(nothing);
        assertThat(nothing.evaluation().anchors()).isZero();
        assertThat(nothing.evaluation().skippedAnchors()).isEqualTo(4);
        assertThat(nothing.gradients()[0]).isEqualTo(new double[4][6]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dot", "negative-distance", "angle"})
    void every_similarity_serves_in_batch_candidates(String similarity) {
        Contrast objective = (Contrast) Recipes.named("gte")
                .with("similarity", similarity)
                .with("scale", "0.5")
                .create();
        Sample sample = Sample.random(new SplittableRandom(12), 3, 5, 6);
        Sample.Result result = sample.evaluate(objective);
        // The gradient is that of the value: a small step against it lowers the value as much as it says.
        double squares = 0;
        for (int v = 0; v < 3; v++) {
            for (int i = 0; i < 5; i++) {
                for (int k = 0; k < 6; k++) {
                    squares += result.gradients()[v][i][k] * result.gradients()[v][i][k];
                    sample.values[v][i][k] -= 1e-2 * result.gradients()[v][i][k];
                }
            }
        }
        double lowered = sample.evaluate(objective).loss();
        assertThat(result.loss() - lowered).isCloseTo(1e-2 * squares, within(3e-3 * squares));
        for (double[][] view : sample.values) {
            Arrays.fill(view, sample.values[0][0]);
        }
        assertFinite(sample.evaluate(objective));
    }

    @Test
    void two_encodings_of_one_text_are_each_others_positive_although_their_contents_are_equal() {
        Sample sample = Sample.random(new SplittableRandom(13), 2, 4, 6);
        sample.contents[1] = sample.contents[0];
        Sample.Result result = sample.evaluate(contrast("simcse"));
        assertThat(result.loss()).isCloseTo(Formulas.infoNce(sample, 20), within(1e-5));
        assertThat(result.evaluation().maskedCells()).isZero();
        assertThat(contrast("simcse").needs().sameText()).isTrue();
    }

    @Test
    void the_length_of_embeddings_does_not_matter_to_a_cosine() {
        Sample sample = Sample.random(new SplittableRandom(14), 2, 5, 6);
        double before = sample.evaluate(contrast("gte")).loss();
        for (double[] row : sample.values[1]) {
            for (int k = 0; k < row.length; k++) {
                row[k] *= 64;
            }
        }
        assertThat(sample.evaluate(contrast("gte")).loss()).isCloseTo(before, within(1e-6));
    }

    @Test
    void swapping_the_views_leaves_a_symmetric_objective() {
        Sample sample = Sample.random(new SplittableRandom(15), 2, 5, 6);
        double before = sample.evaluate(contrast("symmetric-info-nce")).loss();
        Sample swapped = new Sample(new double[][][] {sample.values[1], sample.values[0]});
        assertThat(swapped.evaluate(contrast("symmetric-info-nce")).loss()).isCloseTo(before, within(1e-6));
    }

    @Test
    void the_value_never_falls_below_the_floor_and_top_1_counts_leading_positives() {
        Sample.Result spread = orthonormal(8).evaluate(at(0.01, Direction.QUERY_TO_DOC));
        assertThat(spread.evaluation().floor()).isEqualTo(0.0);
        assertThat(spread.loss()).isBetween(0.0, 1e-5);
        assertThat(spread.evaluation().components()).containsEntry("top-1", 1.0);
        assertThat(constant(2, 8).evaluate(contrast("info-nce")).evaluation().components())
                .as("a tie is no lead")
                .containsEntry("top-1", 0.0);
        Sample.Result like = orthonormal(8).evaluate(at(0.5, Direction.QUERY_TO_DOC, Direction.DOC_TO_QUERY));
        assertThat(like.evaluation().floor())
                .as("the pair stands in the sum twice")
                .isCloseTo(Math.log(2), within(1e-9));
    }

    @Test
    void a_wide_margin_of_the_guide_leaves_only_the_positive() {
        Sample sample = Sample.random(new SplittableRandom(16), 3, 5, 6);
        Objective objective = Recipes.named("gist").with("guide-margin", "3").create();
        Sample.Result result = sample.evaluate(objective);
        assertThat(result.loss()).isCloseTo(0, within(1e-6));
        assertThat(result.evaluation().chance()).isCloseTo(0, within(1e-9));
        assertThat(result.evaluation().maskedCells())
                .as("20 + 25 docs, 20 queries, 20 positives")
                .isEqualTo(85);
    }

    @Test
    void a_recipe_with_a_guide_says_so_when_there_is_none() {
        Sample sample = Sample.random(new SplittableRandom(17), 2, 3, 6);
        sample.guides = null;
        assertThat(contrast("gist").needs().guide()).isTrue();
        assertThatThrownBy(() -> sample.evaluate(contrast("gist")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Name a guide model");
    }

    @Test
    void a_denominator_without_a_positive_is_refused() {
        assertThatThrownBy(() -> Pairing.inBatch(
                        List.of(Direction.QUERY_TO_DOC, Direction.QUERY_TO_QUERY), Partition.PER_DIRECTION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("joint");
        assertThatThrownBy(() -> Pairing.inBatch(List.of(Direction.DOC_TO_QUERY), Partition.JOINT))
                .hasMessageContaining("query-to-doc");
    }

    @Test
    void only_the_gradients_are_left_in_the_callers_scope_whatever_the_number_of_tiles() {
        try (Scope scope = Scope.open("step")) {
            Tensor values = Tensor.of(new float[32 * 4], 32, 4);
            long[] items = LongStream.range(0, 32).toArray();
            long[] texts = LongStream.range(100, 132).toArray();
            Views views = Views.of(
                    new View(ViewRole.ANCHOR, values, items, items), new View(ViewRole.POSITIVE, values, items, texts));
            for (Tiling tiling : List.of(Tiling.defaults(), new Tiling(4, 4, 0))) {
                long before = Pointer.totalCount();
                Evaluation evaluation = contrast("gte").withTiling(tiling).evaluate(views);
                assertThat(evaluation.gradients()).hasSize(2).allMatch(gradient -> !gradient.requiresGrad());
                assertThat(Pointer.totalCount() - before).isEqualTo(2);
            }
        }
    }
}
