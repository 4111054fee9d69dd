package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.objective.softmax.ByConfidence;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clusters, sets of labels and qualities, beside their formulas: what is left out, and what is refused. */
@ExtendWith(LeakCheck.class)
class RicherWeightsTest {

    private static final Objective CLUSTERS =
            Recipes.named("nt-xent-cluster-aware").create();
    private static final Objective SETS = Recipes.named("sup-con-multi-label").create();
    private static final Objective QUALITY = Recipes.named("info-nce-quality").create();

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Given given() {
        return Given.random(new SplittableRandom(3), 2, 6, 5);
    }

    @Test
    void a_negative_of_the_own_cluster_is_no_candidate_though_it_is_the_nearest_of_all() {
        double[][][] views = given().views();
        Given apart = given().withLabels(new int[] {0, 1, 2, 3, 4, 5});
        Given together = given().withLabels(new int[] {0, 0, 2, 3, 4, 5});
        views[0][1] = views[0][0].clone();
        views[1][1] = views[0][0].clone();
        double[][] pushed = apart.withViews(views).evaluate(CLUSTERS).gradients()[0];
        assertThat(together.withViews(views).evaluate(CLUSTERS).loss())
                .isLessThan(apart.withViews(views).evaluate(CLUSTERS).loss() - 0.05);
        assertThat(together.withViews(views).evaluate(CLUSTERS).gradients()[0][1])
                .isNotEqualTo(pushed[1]);
    }

    @Test
    void rows_without_a_label_in_common_with_any_other_are_counted_and_left_out() {
        // Class 15 has no label at all.
        Given given = given().withLabels(new int[] {0, 0, 1, 1, 15, 15});
        try (Scope scope = Scope.open("sets")) {
            Evaluation found = given.evaluation(SETS);
            assertThat(found.skippedAnchors()).isEqualTo(4);
            assertThat(found.anchors()).isEqualTo(8);
            assertThat(found.loss()).isFinite();
        }
    }

    @Test
    void half_a_set_in_common_is_half_as_much_as_a_whole_one() {
        // One anchor with a row of its own set {0, 1}, and one of the set {0}: shares of two thirds and one third.
        double[][][] views = {{{1, 0, 0}, {0.6, 0.8, 0}, {0.8, 0, 0.6}}};
        Given given =
                Given.of(views, new int[] {0, 0, 1}, new double[3], Map.of("label-sets", new double[][] {{1, 1}, {1, 0}
                }));
        double[] scores = {0.6 / 0.1, 0.8 / 0.1};
        double below = Math.log(Math.exp(scores[0]) + Math.exp(scores[1]));
        double first =
                2.0 / 3 * (Math.log(2.0 / 3) - scores[0] + below) + 1.0 / 3 * (Math.log(1.0 / 3) - scores[1] + below);
        double[] second = {0.6 / 0.1, 0.48 / 0.1};
        below = Math.log(Math.exp(second[0]) + Math.exp(second[1]));
        double secondLoss =
                2.0 / 3 * (Math.log(2.0 / 3) - second[0] + below) + 1.0 / 3 * (Math.log(1.0 / 3) - second[1] + below);
        double[] third = {0.8 / 0.1, 0.48 / 0.1};
        below = Math.log(Math.exp(third[0]) + Math.exp(third[1]));
        double thirdLoss = Math.log(0.5) + below - (third[0] + third[1]) / 2;
        assertThat(given.evaluate(SETS).loss()).isCloseTo((first + secondLoss + thirdLoss) / 3, within(1e-12));
    }

    @Test
    void what_is_no_set_and_no_quality_is_refused() {
        assertThatThrownBy(() -> given().withMemory("label-sets", new double[][] {{0.5}, {1}, {1}})
                        .evaluate(SETS))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("zeros and ones");
        assertThatThrownBy(() ->
                        given().withMemory("label-sets", new double[][] {{1}}).evaluate(SETS))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("as there are 1 sets of labels");
        Given negative =
                Given.of(given().views(), given().labels(), new double[] {1, 1, -1, 1, 1, 1}, given().memory());
        assertThatThrownBy(() -> negative.evaluate(QUALITY))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("qualities of at least 0");
        assertThatThrownBy(() -> Contrast.of(
                        Pairing.blocks(Pairing.Among.QUEUE),
                        Supervision.sameItem(),
                        Similarity.cosine(1),
                        new ByConfidence(new PositiveSoftmax(
                                PositiveSoftmax.Share.MEAN_OF_LOGS, PositiveSoftmax.Denominator.CANDIDATES))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rows of a memory");
    }
}
