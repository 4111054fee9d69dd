package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Low temperatures in single precision, where exp(89) is infinite and exp(-104) is zero. */
@ExtendWith(LeakCheck.class)
class SinglePrecisionTest {

    private static final int ITEMS = 9;
    private static final int WIDTH = 6;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Recipes with a temperature or a scale, and the setting that makes scores a hundred times a similarity. */
    static Stream<String> scaled() {
        return IdentityTest.recipes().filter(recipe -> !hundredfold(recipe).isEmpty());
    }

    private static Map<String, String> hundredfold(String recipe) {
        List<String> settable = Recipes.named(recipe).settable();
        return settable.contains("temperature")
                ? Map.of("temperature", "0.01")
                : settable.contains("scale") ? Map.of("scale", "100") : Map.of();
    }

    /** Batches by what their scores are: anything, all near 100, all of them 100, and positives at -100. */
    private static Map<String, Given> batches(String recipe) {
        Given usual = Given.random(new SplittableRandom(3), IdentityTest.views(recipe), ITEMS, WIDTH);
        double[][][] drawn = usual.views();
        double[][][] near = new double[drawn.length][ITEMS][WIDTH];
        double[][][] equal = new double[drawn.length][ITEMS][WIDTH];
        double[][][] opposite = new double[drawn.length][ITEMS][WIDTH];
        for (int v = 0; v < drawn.length; v++) {
            for (int i = 0; i < ITEMS; i++) {
                for (int k = 0; k < WIDTH; k++) {
                    near[v][i][k] = 1 + 0.1 * drawn[v][i][k];
                    equal[v][i][k] = 1;
                    opposite[v][i][k] = (v == 0 ? 1 : -1) * drawn[0][i][k];
                }
            }
        }
        Map<String, Given> batches = new LinkedHashMap<>();
        batches.put("usual", usual);
        batches.put("near", usual.withViews(near));
        batches.put("equal", usual.withViews(equal));
        batches.put("opposite", usual.withViews(opposite));
        return batches;
    }

    private static boolean finite(Tensor numbers) {
        return Arrays.stream(numbers.toDoubles()).allMatch(Double::isFinite);
    }

    private static void assertFinite(Objective objective, String name, Given given) {
        try (Scope scope = Scope.open("test")) {
            Evaluation found = objective.evaluate(IdentityTest.single(given));
            assertThat(found.loss()).as("value of %s", name).isFinite();
            assertThat(found.gradients()).as("gradients of %s", name).allMatch(SinglePrecisionTest::finite);
            assertThat(found.memoryGradients().values())
                    .as("gradients to memories of %s", name)
                    .allMatch(SinglePrecisionTest::finite);
            assertThat(found.remembered().values())
                    .as("what is remembered of %s", name)
                    .allMatch(SinglePrecisionTest::finite);
        }
    }

    @ParameterizedTest
    @MethodSource("scaled")
    void nothing_overflows_at_a_scale_of_a_hundred(String recipe) {
        Objective objective = Recipes.named(recipe).with(hundredfold(recipe)).create();
        batches(recipe).forEach((name, given) -> assertFinite(objective, name, given));
    }

    @ParameterizedTest
    @ValueSource(strings = {"debiased", "hcl", "sogclr", "isogclr", "msn", "pmsn"})
    void what_is_reckoned_in_logarithms_is_as_in_double_precision(String recipe) {
        Objective objective = IdentityTest.objective(recipe, "temperature", "0.01");
        batches(recipe).forEach((name, given) -> {
            double expected = given.evaluate(objective).loss();
            try (Scope scope = Scope.open("test")) {
                assertThat(objective.evaluate(IdentityTest.single(given)).loss())
                        .as(name)
                        .isCloseTo(expected, within(1e-3 * (1 + Math.abs(expected))));
            }
        });
    }

    @Test
    void records_of_whose_losses_nothing_is_known_count_in_full() {
        batches("bad-pairs").forEach((name, given) -> {
            Given unseen = given.withMemory("pair-losses", new double[given.items() + 3][2]);
            try (Scope scope = Scope.open("test")) {
                double all = Recipes.named("nt-xent")
                        .create()
                        .evaluate(IdentityTest.single(given))
                        .loss();
                assertThat(Recipes.named("bad-pairs")
                                .create()
                                .evaluate(IdentityTest.single(unseen))
                                .loss())
                        .as(name)
                        .isEqualTo(all);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"msn", "pmsn", "pmsn-custom"})
    void a_prototype_that_nobody_chooses_has_a_share_of_zero_and_a_finite_divergence(String recipe) {
        batches(recipe)
                .forEach((name, given) ->
                        assertFinite(IdentityTest.objective(recipe, "temperature", "0.001"), name, given));
    }

    @Test
    void the_divergence_from_an_even_prior_of_rows_that_all_choose_one_prototype_is_the_logarithm_of_their_number() {
        double[][] prototypes = new double[4][WIDTH];
        for (int k = 0; k < 4; k++) {
            prototypes[k][k] = 1;
        }
        double[][][] first = new double[2][ITEMS][WIDTH];
        for (double[][] view : first) {
            for (double[] row : view) {
                row[0] = 1;
            }
        }
        Given given = Given.of(first, new int[ITEMS], new double[ITEMS], Map.of("prototypes", prototypes));
        try (Scope scope = Scope.open("test")) {
            double with = IdentityTest.objective("msn", "temperature", "0.001")
                    .evaluate(IdentityTest.single(given))
                    .loss();
            double without = IdentityTest.objective("msn", "temperature", "0.001", "weight", "0")
                    .evaluate(IdentityTest.single(given))
                    .loss();
            assertThat(with - without).isCloseTo(Math.log(4), within(1e-4));
        }
    }

    /** Row i of the first view is the i-th coordinate vector, of the second its opposite. */
    private static double[][][] opposites(int items) {
        double[][][] views = new double[2][items][items];
        for (int i = 0; i < items; i++) {
            views[0][i][i] = 1;
            views[1][i][i] = -1;
        }
        return views;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nt-xent",
                "nt-xent-by-label",
                "nt-xent-pairwise",
                "sup-con",
                "sup-con-in",
                "sup-con-set",
                "dcl",
                "poly-view-geometric"
            })
    void a_row_is_not_its_own_candidate_although_it_is_nearer_than_all_others_by_two_hundred(String recipe) {
        int[] labels = {0, 1, 2, 3, 4, 5, 6, 7};
        Given given = Given.of(opposites(8), labels, new double[8], Map.of());
        Objective objective = IdentityTest.objective(recipe, "temperature", "0.005");
        try (Scope scope = Scope.open("test")) {
            // The positive has the score -200 and the fourteen rows of other items 0.
            assertThat(objective.evaluate(IdentityTest.single(given)).loss())
                    .isCloseTo(200 + Math.log(14), within(1e-3));
        }
    }

    @Test
    void a_repeated_text_is_not_a_candidate_although_it_is_nearer_than_the_positive_by_four_hundred() {
        double[][][] views = opposites(4);
        views[1][3] = views[0][0].clone();
        Sample sample = new Sample(views);
        sample.contents[1][3] = sample.contents[0][0];
        double expected = (200 + Math.log(2) + 2 * (200 + Math.log(3)) + Math.log(4)) / 4;
        assertThat(sample.evaluate(Recipes.named("info-nce")
                                .with("temperature", "0.005")
                                .create())
                        .loss())
                .isCloseTo(expected, within(1e-3));
    }
}
