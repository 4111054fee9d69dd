package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An item's two views in the other order, and with them what other towers make of each. */
@ExtendWith(LeakCheck.class)
class SwappedViewsTest {

    /**
     * The first view looks for the second and not the other way round: among rows of the other side or a queue, or as a student's
     * for a teacher's, a prediction, a prior, a moment or a code; or it alone is mixed, transformed or taken into a pair.
     */
    private static final Set<String> DIRECTED = Set.of(
            "capi",
            "core-tuning",
            "csr",
            "curl-block",
            "cwcl",
            "dclr",
            "diffcse",
            "esimcse",
            "feature-transformation",
            "hallucinator",
            "hard-moco",
            "hydra",
            "ibot-patch",
            "ibot-plus-plus",
            "info-nce-quality",
            "instance",
            "kernel-prior-uniformity",
            "language-banks",
            "lit",
            "le-wm",
            "mega-batch-margin",
            "mixcse",
            "mixed-barlow-twins",
            "mochi",
            "moco",
            "msn",
            "n-pairs",
            "noise-negatives",
            "pair-classification",
            "pair-regression",
            "dynamic-distillation",
            "guide-distillation",
            "pmsn",
            "pmsn-custom",
            "prom-cse",
            "ressl",
            "sampling-bias-corrected",
            "smog",
            "sup-re-mix",
            "tico");

    /** Values without a direction, whose gradient goes to the first view alone: the second is held fixed. */
    private static final Set<String> TOWARDS_A_FIXED_VIEW = Set.of(
            "byol",
            "direct-pred",
            "byol-summed",
            "embed-distill",
            "embed-distill-distance",
            "embedding-mse",
            "moco-dual-view",
            "patch-kernel-alignment",
            "simsiam");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<String> recipes() {
        return IdentityTest.recipes().filter(recipe -> views(recipe) > 1);
    }

    private static int views(String recipe) {
        // In a run the teacher sees both views.
        return recipe.equals("dino") ? 4 : IdentityTest.views(recipe);
    }

    /** Of more than two views, each two next to each other are what one tower makes of both; of three, the third stays. */
    private static Given swapped(Given given) {
        double[][][] views = given.views().clone();
        for (int v = 0; v + 1 < views.length; v += 2) {
            views[v] = given.views()[v + 1];
            views[v + 1] = given.views()[v];
        }
        double[][] places = Arrays.stream(given.rowsOf("places"))
                .map(place -> new double[] {place[2], place[3], place[0], place[1]})
                .toArray(double[][]::new);
        return given.withViews(views).withMemory("places", places);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void which_view_comes_first_matters_only_to_recipes_with_a_direction(String recipe) {
        Property.check(2, random -> {
            Given given = Given.random(random, views(recipe), 9, 6);
            Given.Found before = given.evaluate(IdentityTest.objective(recipe));
            Given.Found after = swapped(given).evaluate(IdentityTest.objective(recipe));
            if (DIRECTED.contains(recipe)) {
                assertThat(Math.abs(after.loss() - before.loss())).as(recipe).isGreaterThan(1e-6);
                return;
            }
            assertThat(after.loss()).as(recipe).isCloseTo(before.loss(), within(1e-10 * (1 + Math.abs(before.loss()))));
            double[][] expected = TOWARDS_A_FIXED_VIEW.contains(recipe) ? new double[9][6] : before.gradients()[0];
            for (int i = 0; i < given.items(); i++) {
                double largest = Arrays.stream(expected[i]).map(Math::abs).max().orElse(0);
                assertThat(after.gradients()[1][i])
                        .as(recipe)
                        .containsExactly(expected[i], within(1e-10 * (1 + largest)));
            }
        });
    }
}
