package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables that people look at say what the value does. */
@ExtendWith(LeakCheck.class)
class ExplainedTest {

    /** Their gradient to the scores of an anchor is q - p; that of others is weighed, powered or goes through a kernel. */
    private static final Set<String> DIFFERENCES = Set.of(
            "positive-softmax",
            "pair-logistic",
            "flat-softmax",
            "hardest-softmax",
            "label-distance-softmax",
            "cross-entropy",
            "shares-apart");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<Recipe> recipes() {
        return Recipes.all().stream();
    }

    private static List<Explained> explained(Recipe recipe) {
        try (Scope scope = Scope.open("explained")) {
            return recipe.create().explained(ShardedTest.batch(recipe, new SplittableRandom(4)));
        }
    }

    private static double sum(double[] row) {
        return Arrays.stream(row).sum();
    }

    private static boolean pulls(Explained table, int row) {
        return Arrays.stream(table.pull()[row]).anyMatch(value -> value != 0);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void p_and_q_are_distributions_and_their_difference_is_the_gradient_where_a_value_is_their_cross_entropy(
            Recipe recipe) {
        String divergence = recipe.create().slots().getOrDefault("divergence", "");
        // Weights that follow the scores have a gradient of their own.
        boolean weighed =
                !recipe.create().slots().getOrDefault("weights", "none").equals("none");
        String measure = recipe.create().slots().getOrDefault("measure", "");
        boolean differs = DIFFERENCES.contains(divergence)
                && !weighed
                && (measure.isEmpty() || measure.equals("kullback-leibler") || measure.equals("cross-entropy"));
        int compared = 0;
        for (Explained table : explained(recipe)) {
            assertThat(table.pull()).hasSameDimensionsAs(table.table().scores());
            Explained.Shares shares = table.shares().orElse(null);
            assertThat(shares != null || !differs).isTrue();
            for (int i = 0; shares != null && i < table.table().rows(); i++) {
                if (!pulls(table, i)) {
                    continue;
                }
                if (shares.denominators().length > 0) {
                    assertThat(sum(shares.model()[i])).isCloseTo(1, within(1e-6));
                    assertThat(sum(shares.targets()[i])).isCloseTo(1, within(1e-6));
                    assertThat(shares.denominators()[i]).isPositive();
                }
                for (int j = 0; differs && j < shares.model()[i].length; j++) {
                    assertThat(table.pull()[i][j])
                            .as("row %d, candidate %d", i, j)
                            .isCloseTo(shares.model()[i][j] - shares.targets()[i][j], within(1e-6));
                }
                compared++;
            }
        }
        assertThat(compared > 0 || !differs).isTrue();
    }

    private static Explained nearest(Recipe recipe) {
        return explained(recipe).get(0);
    }

    @Test
    void a_decoupled_denominator_has_no_positive_in_it() {
        Explained table = nearest(Recipes.named("dcl"));
        Explained.Shares shares = table.shares().orElseThrow();
        for (int i = 0; i < shares.model().length; i++) {
            double below = 0;
            for (int j = 0; j < shares.model()[i].length; j++) {
                boolean negative = table.table().relations()[i][j] == Relation.NEGATIVE;
                below += negative ? Math.exp(table.table().scores()[i][j]) : 0;
                assertThat(shares.model()[i][j] > 0).isEqualTo(negative);
            }
            assertThat(shares.denominators()[i]).isCloseTo(below, within(1e-9 * below));
        }
    }

    @Test
    void hard_negatives_weigh_in_q_what_they_weigh_in_the_denominator() {
        Explained table = nearest(Recipes.named("hcl").with("prior", "0"));
        Explained plain = nearest(Recipes.named("debiased").with("prior", "0"));
        Explained.Shares shares = table.shares().orElseThrow();
        double[][] scores = table.table().scores();
        for (int i = 0; i < scores.length; i++) {
            double weights = 0;
            double weighed = 0;
            int negatives = 0;
            double positive = Double.NaN;
            for (int j = 0; j < scores[i].length; j++) {
                Relation relation = table.table().relations()[i][j];
                if (relation == Relation.NEGATIVE) {
                    negatives++;
                    weights += Math.exp(scores[i][j]);
                    weighed += Math.exp(2 * scores[i][j]);
                }
                positive = relation == Relation.POSITIVE ? scores[i][j] : positive;
            }
            double below = Math.exp(positive) + negatives * weighed / weights;
            assertThat(shares.denominators()[i]).isCloseTo(below, within(1e-9 * below));
            for (int j = 0; j < scores[i].length; j++) {
                double expected = switch (table.table().relations()[i][j]) {
                    case POSITIVE -> Math.exp(positive) / below;
                    case NEGATIVE -> negatives * Math.exp(2 * scores[i][j]) / weights / below;
                    default -> 0;
                };
                assertThat(shares.model()[i][j]).isCloseTo(expected, within(1e-9));
            }
        }
        assertThat(plain.shares().orElseThrow().model()[0]).isNotEqualTo(shares.model()[0]);
    }

    @Test
    void a_leak_is_seen_in_p_and_a_weight_in_q() {
        double[][] leaky = nearest(Recipes.named("i-con").with("leak", "0.5"))
                .shares()
                .orElseThrow()
                .targets();
        assertThat(Arrays.stream(leaky[0]).filter(share -> share > 0).count()).isGreaterThan(2);
        Recipe plain = Recipes.named("nt-xent");
        Recipe weighed = plain.with("weights", "hardness");
        assertThat(nearest(weighed).shares().orElseThrow().model()[0])
                .isNotEqualTo(nearest(plain).shares().orElseThrow().model()[0]);
        assertThat(nearest(weighed).shares().orElseThrow().denominators())
                .isNotEqualTo(nearest(plain).shares().orElseThrow().denominators());
    }
}
