package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for objectives over an anchor's own columns. */
@ExtendWith(LeakCheck.class)
class AlignedTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Objective recipe(String name) {
        return Recipes.named(name).create();
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

    @ParameterizedTest
    @ValueSource(strings = {"triplet", "cosent", "angle", "cosine-regression", "margin-mse", "kl-distillation"})
    void odd_batches_give_finite_values_and_gradients(String name) {
        Objective objective = recipe(name);
        Sample single = Sample.random(new SplittableRandom(1), 3, 1, 6);
        assertFinite(single.evaluate(objective));
        Sample zero = Sample.random(new SplittableRandom(2), 3, 4, 6);
        Arrays.fill(zero.values[0][1], 0);
        Arrays.fill(zero.values[1][2], 0);
        assertFinite(zero.evaluate(objective));
        Sample same = Sample.random(new SplittableRandom(3), 3, 4, 6);
        for (double[][] view : same.values) {
            Arrays.fill(view, same.values[0][0]);
        }
        assertFinite(same.evaluate(objective));
        Sample strangers = Sample.random(new SplittableRandom(4), 3, 4, 6);
        Arrays.fill(strangers.items[1], -1);
        Sample.Result nothing = strangers.evaluate(objective);
        assertFinite(nothing);
        assertThat(nothing.evaluation().anchors()).isZero();
        assertThat(nothing.evaluation().skippedAnchors()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"triplet", "cosent", "angle", "cosine-regression", "margin-mse", "kl-distillation"})
    void a_skipped_anchor_leaves_the_value_of_the_others(String name) {
        Objective objective = recipe(name);
        Sample sample = Sample.random(new SplittableRandom(5), 3, 5, 6);
        sample.items[1][4] = -1;
        Sample.Result result = sample.evaluate(objective);
        Sample fewer = new Sample(new double[][][] {
            Arrays.copyOf(sample.values[0], 4), Arrays.copyOf(sample.values[1], 4), Arrays.copyOf(sample.values[2], 4)
        });
        fewer.scores = Arrays.copyOf(sample.gold(), 4);
        fewer.teacher = Arrays.copyOf(sample.teacherScores(), 4);
        assertThat(result.loss()).isCloseTo(fewer.evaluate(objective).loss(), within(1e-6));
        assertThat(result.gradients()[0][4]).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"triplet", "cosent", "angle", "margin-mse", "kl-distillation"})
    void the_chance_value_is_the_value_at_constant_features(String name) {
        Sample sample = Sample.random(new SplittableRandom(6), 3, 5, 6);
        for (double[][] view : sample.values) {
            Arrays.fill(view, sample.values[0][0]);
        }
        Sample.Result result = sample.evaluate(recipe(name));
        assertThat(result.evaluation().chance()).isCloseTo(result.loss(), within(1e-5 * (1 + result.loss())));
        assertThat(result.loss()).isGreaterThan(0.1);
    }

    @Test
    void a_triplet_loss_stands_at_its_margin_when_features_collapse_and_at_zero_when_they_are_apart() {
        Objective objective = Recipes.named("triplet").with("margin", "0.05").create();
        double[][][] values = new double[3][2][4];
        assertThat(new Sample(values).evaluate(objective).loss()).isCloseTo(0.05, within(1e-9));
        values[2][0][0] = 1;
        values[2][1][1] = 1;
        assertThat(new Sample(values).evaluate(objective).loss()).isZero();
    }

    @Test
    void a_negative_with_the_positives_text_is_left_out_of_a_triplet() {
        Sample sample = Sample.random(new SplittableRandom(7), 3, 3, 6);
        sample.contents[2][1] = sample.contents[1][1];
        Sample.Result result = sample.evaluate(recipe("triplet"));
        assertThat(result.evaluation().skippedAnchors()).isEqualTo(1);
        assertThat(result.evaluation().maskedCells()).isEqualTo(1);
        assertThat(result.gradients()[1][1]).containsOnly(0);
    }

    @Test
    void equal_gold_scores_order_nothing() {
        Sample sample = Sample.random(new SplittableRandom(8), 2, 4, 6);
        Arrays.fill(sample.gold(), 0.5);
        Sample.Result result = sample.evaluate(recipe("cosent"));
        assertThat(result.loss()).isZero();
        assertThat(result.evaluation().anchors()).isZero();
        assertThat(result.evaluation().chance()).isZero();
    }

    @Test
    void ordered_pairs_of_a_large_batch_take_no_square_memory() {
        int rows = 20_000;
        double[][] scores = new double[rows][1];
        double[][] gold = new double[rows][1];
        Relation[][] relations = new Relation[rows][1];
        for (int i = 0; i < rows; i++) {
            gold[i][0] = i;
            relations[i][0] = Relation.POSITIVE;
        }
        Judgement judgement = new OrderedPairs().judge(new ScoreTable(scores, relations, gold));
        assertThat(judgement.loss()).isCloseTo(Math.log1p(rows * (rows - 1.0) / 2), within(1e-9));
        assertThat(Arrays.stream(judgement.gradient())
                        .mapToDouble(row -> row[0])
                        .sum())
                .isCloseTo(0, within(1e-9));
    }

    @Test
    void the_softmax_may_run_over_an_anchors_own_candidates_only() {
        Contrast objective =
                Contrast.of(Pairing.aligned(), Supervision.sameItem(), Similarity.cosine(2), new CrossEntropy());
        Sample sample = Sample.random(new SplittableRandom(9), 4, 3, 6);
        double loss = 0;
        for (int i = 0; i < 3; i++) {
            double z = 0;
            for (int v = 1; v < 4; v++) {
                z += Math.exp(2 * Formulas.cosine(sample.values[0][i], sample.values[v][i]));
            }
            loss += (Math.log(z) - 2 * Formulas.cosine(sample.values[0][i], sample.values[1][i])) / 3;
        }
        Sample.Result result = sample.evaluate(objective);
        assertThat(result.loss()).isCloseTo(loss, within(1e-6));
        assertThat(result.evaluation().chance()).isCloseTo(Math.log(3), within(1e-9));
    }

    @Test
    void what_a_batch_lacks_is_said() {
        Sample sample = Sample.random(new SplittableRandom(10), 3, 3, 6);
        sample.scores = null;
        assertThatThrownBy(() -> sample.evaluate(recipe("cosent")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("role score");
        sample.scores = new double[] {0, Double.NaN, 1};
        assertThatThrownBy(() -> sample.evaluate(recipe("cosent")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("NaN");
        sample.teacher = new double[3][5];
        assertThatThrownBy(() -> sample.evaluate(recipe("kl-distillation")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("each of 2 candidates");
        Sample pairs = Sample.random(new SplittableRandom(11), 2, 3, 6);
        assertThatThrownBy(() -> pairs.evaluate(recipe("triplet")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("role negative");
        Sample odd = Sample.random(new SplittableRandom(12), 2, 3, 5);
        assertThatThrownBy(() -> odd.evaluate(recipe("angle")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("even width");
    }

    @Test
    void a_divergence_refuses_supervision_that_it_does_not_understand() {
        assertThatThrownBy(() ->
                        Contrast.of(Pairing.aligned(), Supervision.goldScores(), Similarity.cosine(1), new Hinge(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same-item");
    }
}
