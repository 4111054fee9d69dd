package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Another kind of part in a slot makes one recipe into another, or into one that has no name. */
@ExtendWith(LeakCheck.class)
class KindsTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Map<String, String> told(String fillings) {
        Map<String, String> told = new LinkedHashMap<>();
        for (String filling : fillings.split(" ")) {
            told.put(filling.split("=")[0], filling.split("=")[1]);
        }
        return told;
    }

    @ParameterizedTest
    @CsvSource({
        "nt-xent, divergence=debiased-softmax, debiased",
        "debiased, reweighting=hardness, hcl",
        "nt-xent, supervision=same-label temperature=0.1, sup-con",
        "sup-con, weights=hardness, hard-sup-con",
        "nt-xent, weights=own-cluster, nt-xent-cluster-aware",
        "nt-xent, pairing=cross-both scale=14.285714285714285, clip",
        "clip, pairing=queue, moco",
        "circle, pairing=past, xbm-circle",
        "i-con, supervision=label-kernel leak=0 temperature=0.1, y-aware",
        "batch-hard, judging=multi-similarity similarity=cosine positives=informative negatives=informative slack=0.1,"
                + " multi-similarity-mined",
        "nt-xent, supervision=gold-scores divergence=rank-softmax similarity=negative-distance temperature=2,"
                + " rank-n-contrast",
        "simsiam, towers=predicted-and-averaged form=squared-distance, byol",
        "sogclr, temperature-policy=per-item, isogclr",
        "dcl, weights=near-positives, dclw",
        "nt-xent, temperature-policy=model-aware divergence=unfading temperature=0.1, macl",
        "nt-xent, temperature-policy=predicted temperature=0.07, temperature-as-uncertainty",
        "nt-xent, divergence=bad-pairs, bad-pairs",
        "moco, synthetic=hard-mixtures temperature=0.2, mochi",
        "moco, synthetic=transformed-features temperature=0.2, feature-transformation",
        "mixcse, synthetic=noise-negatives, noise-negatives",
        "noise-negatives, weights=guide-below, dclr",
        "mixcse, synthetic=none pairing=cross-and-queue, esimcse",
        "moco, pairing=queue-alone supervision=teacher-view divergence=shares-apart measure=cross-entropy leak=0"
                + " temperature=0.1, ressl",
        "cosine-regression, divergence=ordered-pairs scale=20, cosent",
        "info-nce, views=dropout, simcse",
    })
    void one_recipe_becomes_another(String from, String fillings, String to) {
        assertThat(Recipes.named(from).with(told(fillings)).create())
                .isEqualTo(Recipes.named(to).create());
    }

    @Test
    void another_kind_brings_its_usual_numbers_and_they_can_be_set() {
        Recipe recipe = Recipes.named("nt-xent");
        assertThat(recipe.settable()).doesNotContain("prior");
        assertThat(recipe.settable(Map.of("divergence", "debiased-softmax"))).contains("prior");
        assertThat(recipe.with(told("prior=0.3 divergence=debiased-softmax reweighting=hardness hardness=2"))
                        .create()
                        .slots())
                .containsEntry("prior", "0.3")
                .containsEntry("hardness", "2");
        // A number of the same name that belonged to the kind before is not taken over.
        assertThat(Recipes.named("triplet-margin").with("divergence", "circle").slots())
                .containsEntry("margin", "0.4");
        assertThat(recipe.with("heads", "3").with("divergence", "pair-softmax").slots())
                .containsEntry("heads", "3");
    }

    @Test
    void every_kind_of_every_slot_fits_or_is_refused_with_a_reason() {
        int fitting = 0;
        for (Recipe recipe : Recipes.all()) {
            for (Map.Entry<String, List<String>> slot : recipe.kinds().entrySet()) {
                assertThat(slot.getValue())
                        .as(recipe.name())
                        .contains(recipe.slots().get(slot.getKey()));
                for (String kind : slot.getValue()) {
                    try {
                        assertThat(recipe.with(slot.getKey(), kind).create().slots())
                                .containsEntry(slot.getKey(), kind);
                        fitting++;
                    } catch (ChiaroException refused) {
                        assertThat(refused.kind()).isEqualTo(ChiaroException.Kind.USAGE);
                        assertThat(refused).hasMessageContaining(recipe.name()).hasMessageContaining(kind);
                    }
                }
            }
        }
        assertThat(fitting).isGreaterThan(2000);
    }

    @Test
    void gradients_of_unnamed_fillings_are_those_of_their_values() {
        SplittableRandom random = new SplittableRandom(11);
        for (String supervision : List.of("same-item", "same-label")) {
            for (String divergence : List.of(
                    "positive-softmax", "debiased-softmax", "pair-softmax", "spectral-squares", "shares-apart")) {
                for (String weights :
                        List.of("none", "hardness", "own-cluster kept=0.5", "label-distance", "inverse-propensity")) {
                    if (supervision.equals("same-label") && weights.startsWith("own-cluster")) {
                        continue; // no negative has the anchor's class
                    }
                    Objective objective = Recipes.named("nt-xent")
                            .with(told(
                                    "supervision=" + supervision + " divergence=" + divergence + " weights=" + weights))
                            .create();
                    Given given = Given.random(random, 2, 6, 5);
                    assertThat(slope(given, objective, random))
                            .as(supervision + " " + divergence + " " + weights)
                            .isCloseTo(0, within(2e-3));
                }
            }
        }
    }

    @Test
    void positives_that_are_made_further_away_have_the_gradients_of_their_values_in_any_loss_of_rows() {
        SplittableRandom random = new SplittableRandom(12);
        for (String fillings : List.of(
                "pairing=batch",
                "pairing=batch supervision=same-label temperature-policy=learned",
                "pairing=cross-both weights=hardness",
                "pairing=cross divergence=debiased-softmax")) {
            Objective objective = Recipes.named("nt-xent")
                    .with(told(fillings + " synthetic=transformed-features interpolation=0"))
                    .create();
            Given given = Given.random(random, 2, 6, 5);
            assertThat(slope(given, objective, random)).as(fillings).isCloseTo(0, within(2e-3));
        }
    }

    @Test
    void rows_of_a_queue_are_not_changed_where_there_is_none() {
        assertThatThrownBy(() -> Recipes.named("nt-xent")
                        .with("synthetic", "transformed-features")
                        .create())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("rows of a queue");
    }

    /** How far the slope along a random direction is from that of the gradient, beside the length of the gradient. */
    private static double slope(Given given, Objective objective, SplittableRandom random) {
        double[][][] up = new double[2][6][5];
        double[][][] down = new double[2][6][5];
        double[][][] gradients = given.evaluate(objective).gradients();
        double along = 0;
        double squares = 0;
        double step = 1e-4;
        for (int v = 0; v < 2; v++) {
            for (int i = 0; i < 6; i++) {
                for (int k = 0; k < 5; k++) {
                    double direction = random.nextGaussian();
                    up[v][i][k] = given.views()[v][i][k] + step * direction;
                    down[v][i][k] = given.views()[v][i][k] - step * direction;
                    along += direction * gradients[v][i][k];
                    squares += gradients[v][i][k] * gradients[v][i][k];
                }
            }
        }
        double slope = (given.withViews(up).evaluate(objective).loss()
                        - given.withViews(down).evaluate(objective).loss())
                / (2 * step);
        return (slope - along) / Math.max(0.05, Math.sqrt(squares));
    }

    @Test
    void a_part_whose_slots_could_not_be_told_from_those_of_another_is_not_offered() {
        assertThat(Recipes.named("batch-hard").kinds().get("judging"))
                .contains("triplet-margin", "multi-similarity")
                .doesNotContain("mined", "by-confidence");
        assertThat(Recipes.named("multi-similarity").kinds().get("weights")).doesNotContain("hardness");
        assertThat(Recipes.named("info-nce").kinds().get("divergence")).containsExactly("cross-entropy");
    }

    @Test
    void what_would_be_ignored_is_refused() {
        assertThatThrownBy(() -> Recipes.named("nt-xent").with("supervision", "gold-scores"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("does not look at numbers");
        assertThatThrownBy(() -> Recipes.named("batch-hard").with("supervision", "gold-scores"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("does not look at numbers");
        assertThatThrownBy(() -> Recipes.named("rank-n-contrast").with("supervision", "same-label"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("rank-softmax needs gold-scores as supervision");
        assertThatThrownBy(() -> Recipes.named("arcface").with("supervision", "same-item"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("need same-label");
        assertThatThrownBy(() -> Recipes.named("batch-hard").with("judging", "mined"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("two parts have a slot");
        assertThatThrownBy(() -> Recipes.named("nt-xent").with("divergence", "circel"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"circle\"?");
        assertThatThrownBy(() -> Recipes.named("barlow-twins").with("loss", "koleo"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("choose another recipe");
        assertThatThrownBy(() -> Recipes.named("info-nce").with("weights", "hardness"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("choose another recipe");
    }

    @Test
    void whatever_fits_has_a_finite_value_and_finite_gradients() {
        SplittableRandom random = new SplittableRandom(12);
        Recipe base = Recipes.named("nt-xent");
        int fitting = 0;
        for (String supervision : List.of("same-item", "same-label")) {
            for (String similarity : List.of("cosine", "unit-negative-distance")) {
                for (String divergence : base.kinds().getOrDefault("divergence", List.of())) {
                    for (String weights : base.kinds().getOrDefault("weights", List.of())) {
                        Objective objective;
                        try {
                            objective = base.with(told("supervision=" + supervision + " similarity=" + similarity
                                            + " divergence=" + divergence + " weights=" + weights))
                                    .create();
                        } catch (ChiaroException refused) {
                            continue;
                        }
                        Given.Found found = Given.random(random, 2, 6, 5).evaluate(objective);
                        assertThat(found.loss()).as(objective.toString()).isFinite();
                        for (double[][] view : found.gradients()) {
                            for (double[] row : view) {
                                for (double gradient : row) {
                                    assertThat(gradient)
                                            .as(objective.toString())
                                            .isFinite();
                                }
                            }
                        }
                        fitting++;
                    }
                }
            }
        }
        assertThat(fitting).isGreaterThan(400);
    }

    @Test
    void what_would_be_read_as_its_contrary_is_refused() {
        for (String told : List.of(
                "nt-xent divergence=fast-average-precision",
                "contrastive similarity=cosine",
                "nt-xent divergence=pair-margins",
                "moco divergence=smooth-average-precision",
                "batch-hard judging=smooth-average-precision",
                "batch-hard judging=rank-softmax supervision=gold-scores",
                "moco supervision=same-label",
                "moco supervision=gold-scores divergence=rank-softmax",
                "rank-n-contrast pairing=queue",
                "sup-con weights=own-cluster",
                "y-aware weights=inverse-propensity",
                "info-nce-quality weights=inverse-propensity",
                "triplet divergence=squared-error supervision=gold-scores margin=9",
                "kl-distillation divergence=hinge supervision=same-item teacher-temperature=3")) {
            String recipe = told.split(" ")[0];
            assertThatThrownBy(() -> Recipes.named(recipe).with(told(told.substring(recipe.length() + 1))))
                    .as(told)
                    .isInstanceOf(ChiaroException.class);
        }
        assertThat(Recipes.named("nt-xent")
                        .with("divergence", "debiased-softmax")
                        .reference())
                .isEqualTo(Recipes.named("debiased").reference());
        assertThat(Recipes.named("nt-xent").with("divergence", "circle").reference())
                .isEqualTo("no-reference");
    }
}
