package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.objective.softmax.SharesApart;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of the recipes that are one objective, whatever their formula. */
@ExtendWith(LeakCheck.class)
class IdentityTest {

    private static final int ITEMS = 8;
    private static final int WIDTH = 16;

    /** Recipes on features that are not normalised. */
    private static final Set<String> RAW = Set.of(
            "spectral",
            "rank-n-contrast",
            "t-simcne",
            "angular",
            "sphereface",
            "large-margin-softmax",
            "barlow-twins",
            "vicreg",
            "vicreg-summed",
            "vibcreg",
            "w-mse",
            "dino",
            "frossl",
            "lejepa",
            "lp",
            "zero-mean",
            "center-invariant",
            "batch-all-triplet",
            "batch-hard-triplet",
            "batch-hard-soft-margin-triplet",
            "batch-semi-hard-triplet",
            "angular-mined",
            "contrastive-tension",
            "pair-classification",
            "pair-regression",
            "sne",
            "t-sne",
            "flops",
            "embedding-mse",
            "embed-distill-distance",
            "mmcr",
            "emp-ssl",
            "visreg",
            "smog",
            "ibot-patch",
            "patch-kernel-alignment",
            "mixed-barlow-twins",
            "curl-block",
            "debiased-clustering",
            "vicregl",
            "capi",
            "ibot-plus-plus",
            "le-wm",
            "all4one",
            "temperature-as-uncertainty");

    /**
     * SimSiam and BYOL cannot see collapse, nor can what asks for no more than a teacher's vectors; CO2 is a regulariser and
     * zero on any two equal views; a pair is seen under an angle only where rows differ; FlatNCE is always 1.
     */
    private static final Set<String> BLIND = Set.of(
            "simsiam",
            "byol",
            "direct-pred",
            "byol-summed",
            "co2",
            "embedding-mse",
            "embed-distill",
            "embed-distill-distance",
            "patch-kernel-alignment",
            "angular-mined",
            "flat-nce");

    /**
     * What these ask of rows has nothing to do with how far they are spread: CWCL asks what a frozen model says, others what
     * labels of pairs, places or neighbours say. Easy and semi-hard triplets are none where all rows are equal, and what is
     * left of them is paid for on spread rows too. MMCR on raw rows asks for long ones first.
     */
    private static final Set<String> NOT_OF_SPREAD = Set.of(
            "lp",
            "zero-mean",
            "center-invariant",
            "sparse-centers",
            "intra-pair-variance",
            "cwcl",
            "flops",
            "instance",
            "pair-contrastive",
            "online-contrastive",
            "contrastive-tension",
            "nnbyol",
            "nnsiam",
            "triplet-semi-hard",
            "triplet-easy",
            "batch-hard-semi-hard",
            "batch-semi-hard-easy",
            "batch-semi-hard-hard",
            "mmcr",
            "x-sample",
            "sne",
            "t-sne",
            "guide-distillation",
            "guide-neighbours",
            // Rows of a label are those of one position, which clusters share evenly; spread by label they are equal.
            "capi",
            // Until gates are learned, rows of any two classes should be one.
            "hydra",
            // What a head has learned of a pair, and what a teacher says of candidates.
            "pair-regression",
            "dynamic-distillation",
            // What scores of pairs say, where the rows of each pair are equal.
            "pearson",
            "rank-distribution",
            "preference-ranking",
            "codiemb-similarity",
            // Of so few records all are neighbours, which should be near.
            "invariance-propagation",
            "csr");

    /** One takes the first two rows of a class, whichever these are, the other a row by its place; some draw by an item's place. */
    private static final Set<String> OF_THE_FIRST = Set.of(
            "n-pairs",
            "instance",
            "mochi",
            "feature-transformation",
            "mixcse",
            "noise-negatives",
            "mixed-barlow-twins",
            "core-tuning",
            "hallucinator",
            "sup-re-mix",
            "hydra",
            "dclr");

    /** Other names of the file for a recipe with some settings. */
    private static final Map<String, Map<String, String>> VARIANTS = Map.of("uniformity", Map.of("alignment", "0"));

    private static final Map<String, String> NAMES = Map.of("uniformity", "align-uniform");

    private static final Map<String, String> SLOTS =
            Map.of("off-diagonal-weight", "redundancy", "uniformity-scale", "t");

    /** How the batch of a closed form was made, and a factor that is 1 there. */
    private static final Set<String> TOLD = Set.of("items", "views", "width", "labels", "outputs", "base-temperature");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<String> recipes() {
        return Recipes.all().stream().filter(recipe -> recipe.pattern() != null).map(Recipe::name);
    }

    static Objective objective(String recipe, String... settings) {
        Map<String, String> fillings = new LinkedHashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            fillings.put(settings[i], settings[i + 1]);
        }
        return Recipes.named(recipe).with(fillings).create();
    }

    static int views(String recipe) {
        // With one view no row with a lonely class has a positive; equal views would be each other's nearest.
        return recipe.equals("regular-face")
                ? 1
                : Math.max(2, objective(recipe).needs().views());
    }

    /** Enough items that whitening has an inverse. */
    private static Given random(SplittableRandom random, String recipe) {
        return Given.random(random, views(recipe), 9, 6);
    }

    /** Every row the same. */
    static double[][][] constant(int views, int items, int width) {
        double[][][] values = new double[views][items][width];
        for (double[][] view : values) {
            for (double[] row : view) {
                Arrays.setAll(row, k -> 1 + 0.1 * k);
            }
        }
        return values;
    }

    /** Row i of every view is the coordinate vector of a place that i has. */
    static double[][][] coordinates(int views, int[] places, int width) {
        double[][][] values = new double[views][places.length][width];
        for (double[][] view : values) {
            for (int i = 0; i < places.length; i++) {
                view[i][places[i]] = 1;
            }
        }
        return values;
    }

    static int[] upTo(int count) {
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> i);
        return numbers;
    }

    static Given of(double[][][] values, int[] labels) {
        double[] targets =
                Arrays.stream(labels).mapToDouble(label -> 1 + 3 * label).toArray();
        return Given.of(values, labels, targets, Map.of());
    }

    @Test
    void constant_rows_give_the_logarithm_of_the_candidates() {
        for (int items : new int[] {2, 5, 8}) {
            Given given = of(constant(2, items, WIDTH), upTo(items));
            assertThat(given.evaluate(objective("nt-xent")).loss()).isCloseTo(Math.log(2 * items - 1), within(1e-12));
            assertThat(given.evaluate(objective("dcl")).loss()).isCloseTo(Math.log(2 * items - 2), within(1e-12));
            assertThat(given.evaluate(objective("clip")).loss()).isCloseTo(Math.log(items), within(1e-12));
        }
    }

    /** Recipes as they are, and one with a power whose slope has no bound at zero. */
    static Stream<Recipe> ofEqualViews() {
        return Stream.concat(
                recipes().map(Recipes::named),
                Stream.of(Recipes.named("align-uniform").with("alpha", "1")));
    }

    @ParameterizedTest
    @MethodSource("ofEqualViews")
    void views_that_are_equal_to_the_bit_give_finite_numbers_in_single_precision(Recipe recipe) {
        Objective objective = recipe.create();
        Property.check(1, random -> {
            Given given = random(random, recipe.name());
            double[][][] equal = new double[given.views().length][][];
            Arrays.fill(equal, given.views()[0]);
            try (Scope scope = Scope.open("test")) {
                Evaluation found = objective.evaluate(single(given.withViews(equal)));
                assertThat(found.loss()).isFinite();
                for (Tensor gradient : found.gradients()) {
                    assertThat(Arrays.stream(gradient.toDoubles())).allMatch(Double::isFinite);
                }
            }
        });
    }

    static Views single(Given given) {
        Views views = given.asViews();
        Map<String, Tensor> memories = new LinkedHashMap<>();
        views.memories().forEach((name, rows) -> memories.put(name, rows.to(DType.FLOAT)));
        return views.withValues(views.list().stream()
                        .map(view -> view.values().to(DType.FLOAT))
                        .toList())
                .withMemories(memories)
                .withGuides(given.guides().stream()
                        .map(rows -> rows.to(DType.FLOAT))
                        .toList());
    }

    static Stream<JsonObject> closedForms() throws IOException {
        String name = "references.json";
        try (InputStream in = Objects.requireNonNull(IdentityTest.class.getResourceAsStream(name))) {
            // Outputs that are uniform, and one row of tuples, have tests of their own.
            return Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .objects("closed-forms")
                    .stream()
                    .filter(told -> !told.object("settings").has("outputs")
                            && !told.object("settings").has("negatives"));
        }
    }

    @ParameterizedTest
    @MethodSource("closedForms")
    void closed_forms_hold(JsonObject told) {
        JsonObject settings = told.object("settings");
        String named = told.string("recipe");
        Recipe recipe = Recipes.named(NAMES.getOrDefault(named, named));
        Map<String, String> fillings = new LinkedHashMap<>(VARIANTS.getOrDefault(named, Map.of()));
        settings.toMap().forEach((setting, value) -> {
            if (!TOLD.contains(setting)) {
                fillings.put(SLOTS.getOrDefault(setting, setting), String.valueOf(value));
            }
        });
        assertThat(settings.integer("items")).isEqualTo(ITEMS);
        assertThat(settings.integer("width")).isEqualTo(WIDTH);
        int views = Math.toIntExact(settings.integer("views"));
        boolean classes = settings.string("labels", "unique").startsWith("classes");
        int[] labels = Arrays.stream(upTo(ITEMS)).map(i -> classes ? i / 2 : i).toArray();
        Objective objective = recipe.with(fillings).create();
        double[] found = {
            of(constant(views, ITEMS, WIDTH), labels).evaluate(objective).loss(),
            of(coordinates(views, upTo(ITEMS), WIDTH), labels)
                    .evaluate(objective)
                    .loss()
        };
        double[] expected = {told.number("const"), told.number("orth")};
        for (int k = 0; k < 2; k++) {
            // Four figures are printed of the larger ones.
            double tolerance = 1e-4 * Math.max(1, 2 * Math.abs(expected[k]));
            assertThat(found[k]).as(k == 0 ? "const" : "orth").isCloseTo(expected[k], within(tolerance));
        }
    }

    @Test
    void uniform_outputs_give_the_logarithm_of_their_number() {
        Given given = of(constant(2, ITEMS, WIDTH), upTo(ITEMS)).withMemory("prototypes", constant(1, 5, WIDTH)[0]);
        assertThat(given.evaluate(objective("swav")).loss()).isCloseTo(Math.log(5), within(1e-12));
        Given zero = of(new double[2][ITEMS][WIDTH], upTo(ITEMS)).withMemory("centre", new double[1][WIDTH]);
        assertThat(zero.evaluate(objective("dino")).loss()).isCloseTo(Math.log(WIDTH), within(1e-12));
    }

    @Test
    @Proves("symile")
    void symile_has_all_pairs_as_candidates() {
        Objective objective = objective("symile", "scale", "2");
        assertThat(of(constant(3, ITEMS, WIDTH), upTo(ITEMS))
                        .evaluate(objective)
                        .loss())
                .isCloseTo(Math.log(ITEMS * ITEMS), within(1e-12));
        assertThat(of(coordinates(3, upTo(ITEMS), WIDTH), upTo(ITEMS))
                        .evaluate(objective)
                        .loss())
                .isCloseTo(Math.log(1 + (ITEMS * ITEMS - 1) * Math.exp(-2)), within(1e-12));
    }

    /** Two objectives that are one on two views of random items with labels of their own. */
    static void same(Objective first, Objective second) {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6).withLabels(upTo(7));
            Given.Found one = given.evaluate(first);
            Given.Found other = given.evaluate(second);
            assertThat(one.loss()).isCloseTo(other.loss(), within(1e-12 * (1 + Math.abs(other.loss()))));
            close(one.gradients(), other.gradients(), 1e-12);
        });
    }

    static void close(double[][][] found, double[][][] expected, double tolerance) {
        for (int v = 0; v < expected.length; v++) {
            for (int i = 0; i < expected[v].length; i++) {
                double largest =
                        Arrays.stream(expected[v][i]).map(Math::abs).max().orElse(0);
                assertThat(found[v][i]).containsExactly(expected[v][i], within(tolerance * (1 + largest)));
            }
        }
    }

    @Test
    @Proves("sup-con-rescaled")
    void at_its_base_temperature_a_rescaled_contrast_is_the_contrast_itself() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found plain = given.evaluate(objective("sup-con", "temperature", "0.3"));
            Given.Found same = given.evaluate(Recipes.named("sup-con-rescaled")
                    .with(Map.of("temperature", "0.3", "base-temperature", "0.3"))
                    .create());
            assertThat(same.loss()).isCloseTo(plain.loss(), within(1e-12));
            close(same.gradients(), plain.gradients(), 1e-12);
            Given.Found half = given.evaluate(Recipes.named("sup-con-rescaled")
                    .with(Map.of("temperature", "0.3", "base-temperature", "0.6"))
                    .create());
            assertThat(half.loss()).isCloseTo(plain.loss() / 2, within(1e-12));
        });
    }

    @Test
    @Proves({"sup-con-in", "sup-con-set"})
    void unique_labels_make_sup_con_nt_xent() {
        for (String recipe : List.of("sup-con", "sup-con-in", "sup-con-set", "nt-xent-by-label")) {
            same(objective(recipe, "temperature", "0.3"), objective("nt-xent", "temperature", "0.3"));
        }
    }

    @Test
    @Proves("i-con")
    void a_gaussian_of_unit_rows_whose_variance_is_the_temperature_makes_i_con_nt_xent() {
        for (double temperature : new double[] {0.07, 0.5, 1}) {
            // exp(-|x - y|^2 / (2 sigma^2)) with |x - y|^2 = 2 - 2 cos: exp(cos / sigma^2) but for a factor.
            Contrast gaussian = Contrast.of(
                    Pairing.blocks(Pairing.Among.BATCH),
                    Supervision.sameItem(),
                    new Similarity(Similarity.Kind.UNIT_NEGATIVE_SQUARED_DISTANCE, 1 / (2 * temperature)),
                    new SharesApart(SharesApart.Measure.KULLBACK_LEIBLER, 0));
            same(gaussian, objective("nt-xent", "temperature", String.valueOf(temperature)));
        }
        // With the distance 1 - cos, and 2 sigma^2 as the temperature.
        same(objective("i-con", "leak", "0", "temperature", "0.3"), objective("nt-xent", "temperature", "0.3"));
    }

    @Test
    void a_cross_entropy_is_never_below_the_entropy_of_p_and_equals_it_only_where_q_is_p() {
        int candidates = 2 * 7 - 1;
        Property.check(20, random -> {
            Given given = Given.random(random, 2, 7, 6).withLabels(upTo(7));
            double leak = random.nextDouble() * 0.9;
            double even = leak / candidates;
            double own = 1 - leak + even;
            double entropy = -own * Math.log(own) - (candidates - 1) * even * Math.log(even);
            double crossed = given.evaluate(
                            objective("i-con", "measure", "cross-entropy", "leak", String.valueOf(leak)))
                    .loss();
            double apart = given.evaluate(objective("i-con", "leak", String.valueOf(leak)))
                    .loss();
            assertThat(crossed - entropy).isPositive().isCloseTo(apart, within(1e-9));
        });
        // Of one class p is even over all candidates, and so is q of rows that are one.
        Given one = of(constant(2, ITEMS, WIDTH), new int[ITEMS]);
        Recipe ofClass = Recipes.named("i-con").with(Map.of("supervision", "same-label", "leak", "0"));
        assertThat(one.evaluate(ofClass.create()).loss()).isCloseTo(0, within(1e-12));
        assertThat(one.evaluate(ofClass.with("measure", "cross-entropy").create())
                        .loss())
                .isCloseTo(Math.log(2 * ITEMS - 1), within(1e-12));
    }

    @Test
    @Proves("hcl")
    void without_hardness_hard_negatives_are_debiased_ones() {
        same(objective("hcl", "hardness", "0"), objective("debiased"));
    }

    @Test
    @Proves({"debiased", "hcl"})
    void without_prior_debiased_is_nt_xent() {
        same(objective("debiased", "prior", "0"), objective("nt-xent"));
        same(objective("hcl", "prior", "0", "hardness", "0"), objective("nt-xent"));
    }

    @Test
    @Proves({"poly-view-sufficient", "poly-view-geometric", "poly-view-arithmetic"})
    void two_poly_views_are_nt_xent() {
        same(objective("poly-view-geometric"), objective("nt-xent"));
        same(objective("poly-view-arithmetic"), objective("nt-xent"));
        same(objective("poly-view-sufficient"), objective("clip", "temperature", "0.5"));
    }

    @Test
    @Proves("mv-dhel")
    void two_sets_of_views_are_dhel() {
        // Each anchor against the other items of its own view: the sum over both views of decoupled terms, with the
        // positive once.
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double sum = 0;
            for (int i = 0; i < 7; i++) {
                sum -= cosine(given.views()[0][i], given.views()[1][i]) / 0.5;
                for (double[][] view : given.views()) {
                    double below = 0;
                    for (int j = 0; j < 7; j++) {
                        below += j == i ? 0 : Math.exp(cosine(view[i], view[j]) / 0.5);
                    }
                    sum += Math.log(below);
                }
            }
            assertThat(given.evaluate(objective("mv-dhel")).loss()).isCloseTo(sum / 7, within(1e-12));
        });
    }

    private static double cosine(double[] a, double[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int k = 0; k < a.length; k++) {
            ab += a[k] * b[k];
            aa += a[k] * a[k];
            bb += b[k] * b[k];
        }
        return ab / Math.sqrt(aa * bb);
    }

    @Test
    void dclw_with_even_weights_is_dcl() {
        same(objective("dclw", "sigma", "1e12"), objective("dcl"));
    }

    @Test
    @Proves({"esimcse", "noise-negatives"})
    void a_queue_of_the_batch_s_own_positives_counts_each_candidate_twice() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double alone =
                    given.evaluate(objective("noise-negatives", "noise", "0")).loss();
            double twice = given.withMemory("queue", given.views()[1])
                    .evaluate(objective("esimcse"))
                    .loss();
            assertThat(twice).isCloseTo(alone + Math.log(2), within(1e-12 * (1 + alone)));
        });
    }

    @Test
    @Proves("dclr")
    void a_guide_that_finds_nothing_alike_leaves_noise_negatives_as_they_are() {
        same(objective("dclr", "threshold", "1.1"), objective("noise-negatives"));
    }

    @Test
    @Proves("preference-ranking")
    void of_two_pairs_the_preference_for_the_higher_is_what_cosent_asks() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 2, 6);
            double[][][] views = given.views();
            Given scored = Given.of(views, given.labels(), new double[] {0.3, 1.3}, given.memory());
            double expected = scored.evaluate(
                            Recipes.named("cosent").with("scale", "4").create())
                    .loss();
            assertThat(scored.evaluate(objective("preference-ranking", "temperature", "0.25"))
                            .loss())
                    .isCloseTo(expected, within(1e-12 * (1 + expected)));
        });
    }

    @Test
    @Proves({"pearson", "rank-distribution"})
    void scores_that_are_a_line_of_the_cosines_are_correlated_and_even_steps_are_ranks() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[] line = new double[7];
            Arrays.setAll(line, i -> 3 + 2 * PlainFormulas.cosine(given.views()[0][i], given.views()[1][i]));
            Given ideal = Given.of(given.views(), given.labels(), line, given.memory());
            assertThat(ideal.evaluate(objective("pearson")).loss()).isCloseTo(0, within(1e-12));

            // Cosines of 0, 1/6 ... 1, whose order is that of the scores.
            double[][][] even = new double[2][7][2];
            for (int i = 0; i < 7; i++) {
                even[0][i] = new double[] {1, 0};
                even[1][i] = new double[] {i / 6.0, Math.sqrt(1 - i / 6.0 * (i / 6.0))};
            }
            Given ranked = Given.of(even, given.labels(), new double[] {0, 1, 2, 5, 9, 10, 70}, Map.of());
            assertThat(ranked.evaluate(objective("rank-distribution")).loss()).isCloseTo(0, within(1e-12));
        });
    }

    @Test
    void equal_cosines_or_equal_scores_have_no_correlation_and_no_gradient() {
        double[][] same = new double[5][];
        Arrays.setAll(same, i -> new double[] {1, 2, 3});
        Given equal = Given.of(new double[][][] {same, same}, new int[5], new double[] {1, 2, 3, 4, 5}, Map.of());
        Given.Found found = equal.evaluate(objective("pearson"));
        assertThat(found.loss()).isCloseTo(1, within(1e-9));
        assertThat(found.gradients()[0][2]).containsExactly(new double[3], within(1e-3));

        double[] scores = {2, 2, 2, 2, 2};
        for (String recipe : List.of("pearson", "preference-ranking")) {
            Given told = Given.of(equal.views(), new int[5], scores, Map.of());
            assertThat(told.evaluate(objective(recipe)).gradients()[1][0])
                    .as(recipe)
                    .containsExactly(new double[3], within(1e-12));
        }
    }

    @Test
    @Proves("codiemb-similarity")
    void without_two_of_its_weights_codiemb_is_the_third() {
        same(
                Recipes.named("codiemb-similarity")
                        .with(Map.of("ranks", "0", "preferences", "0", "correlation", "1"))
                        .create(),
                objective("pearson"));
    }

    @Test
    @Proves("language-banks")
    void banks_of_one_language_are_the_queue_of_moco() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given one = Given.of(given.views(), new int[7], given.targets(), given.memory());
            Given.Found found = one.withMemory("label-banks", given.rowsOf("queue"))
                    .withMemory("bank-labels", new double[7][1])
                    .evaluate(objective("language-banks"));
            double expected =
                    one.evaluate(objective("moco", "temperature", "0.05")).loss();
            assertThat(found.loss()).isCloseTo(expected, within(1e-12 * (1 + expected)));
        });
    }

    @Test
    void a_bank_of_another_language_changes_nothing() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double before = given.evaluate(objective("language-banks")).loss();
            double[][] banks = given.rowsOf("label-banks").clone();
            banks[6] = given.views()[0][0].clone();
            assertThat(given.withMemory("label-banks", banks)
                            .evaluate(objective("language-banks"))
                            .loss())
                    .isEqualTo(before);
        });
    }

    @Test
    @Proves("prom-cse")
    void without_its_hinge_prom_cse_is_info_nce_with_hard_negatives() {
        Property.check(5, random -> {
            Given given = Given.random(random, 3, 7, 6);
            double[][][] views = given.views();
            // All candidates of info-nce stand in one queue of the second form, less the positives of the batch.
            double expected = of(new double[][][] {views[0], views[1]}, upTo(7))
                    .withMemory("queue", views[2])
                    .evaluate(objective("esimcse"))
                    .loss();
            assertThat(given.evaluate(objective("prom-cse", "weight", "0")).loss())
                    .isCloseTo(expected, within(1e-12 * (1 + expected)));
        });
    }

    @Test
    @Proves("mochi")
    void without_mixtures_mochi_is_moco() {
        same(objective("mochi", "mixed", "0", "anchored", "0"), objective("moco", "temperature", "0.2"));
    }

    @Test
    @Proves("moco-dual-view")
    void without_a_loss_of_keys_and_with_all_negatives_kept_a_dual_view_is_moco() {
        same(objective("moco-dual-view", "keys", "0"), objective("moco", "temperature", "0.2"));
    }

    @Test
    @Proves("hallucinator")
    void without_hallucinations_a_hallucinator_is_moco() {
        same(objective("hallucinator", "weight", "0"), objective("moco", "temperature", "0.2"));
    }

    @Test
    @Proves("core-tuning")
    void without_mixtures_core_tuning_is_a_softmax_over_classes_and_a_supervised_contrast() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found classes = given.evaluate(objective("normalized-softmax"));
            Given.Found contrast = given.evaluate(objective("sup-con", "temperature", "0.07"));
            Given.Found alone = given.evaluate(objective("core-tuning", "mixed", "false", "contrast", "0"));
            assertThat(alone.loss()).isCloseTo(classes.loss(), within(1e-12 * (1 + classes.loss())));
            close(alone.gradients(), classes.gradients(), 1e-12);
            Given.Found both =
                    given.evaluate(objective("core-tuning", "mixed", "false", "focus", "0", "contrast", "3"));
            double expected = classes.loss() + 3 * contrast.loss();
            assertThat(both.loss()).isCloseTo(expected, within(1e-12 * (1 + expected)));
        });
    }

    @Test
    @Proves("sup-re-mix")
    void without_mixtures_and_magnifying_sup_re_mix_is_sup_con_of_numbers() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            int[] classes = new int[given.items()];
            Arrays.setAll(classes, i -> (int) Math.round(given.targets()[i] * 1e6));
            Given.Found found =
                    given.evaluate(objective("sup-re-mix", "negatives", "0", "positives", "0", "magnifying", "0"));
            Given.Found expected = given.withLabels(classes).evaluate(objective("sup-con"));
            assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-12 * (1 + expected.loss())));
            close(found.gradients(), expected.gradients(), 1e-12);
        });
    }

    @Test
    @Proves("nt-xent-cluster-aware")
    void with_all_of_the_own_cluster_kept_nt_xent_knows_no_clusters() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found found = given.evaluate(objective("nt-xent-cluster-aware", "kept", "1"));
            Given.Found plain = given.evaluate(objective("nt-xent"));
            assertThat(found.loss()).isCloseTo(plain.loss(), within(1e-12 * (1 + plain.loss())));
            close(found.gradients(), plain.gradients(), 1e-12);
        });
        // Each item a cluster of its own.
        same(objective("nt-xent-cluster-aware"), objective("nt-xent"));
    }

    @Test
    @Proves("sup-con-multi-label")
    void sets_of_one_label_are_classes() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6).withMemory("label-sets", new double[][] {
                {1, 0, 0}, {0, 1, 0}, {0, 0, 1}
            });
            Given.Found sets = given.evaluate(objective("sup-con-multi-label"));
            Given.Found classes = given.evaluate(objective("sup-con"));
            double entropy = 0;
            for (int label : given.labels()) {
                long members = Arrays.stream(given.labels())
                        .filter(other -> other == label)
                        .count();
                entropy += Math.log(2 * members - 1) / given.items();
            }
            assertThat(sets.loss() + entropy).isCloseTo(classes.loss(), within(1e-12 * (1 + classes.loss())));
            close(sets.gradients(), classes.gradients(), 1e-12);
        });
    }

    @Test
    @Proves("info-nce-quality")
    void equal_qualities_change_nothing_and_a_pair_of_none_is_a_negative_of_others_still() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[] same = new double[given.items()];
            Arrays.fill(same, 0.3);
            Given even = Given.of(given.views(), given.labels(), same, given.memory());
            Given.Found plain = even.evaluate(objective("sampling-bias-corrected", "temperature", "0.05"));
            Given.Found found = even.evaluate(objective("info-nce-quality"));
            assertThat(found.loss()).isCloseTo(plain.loss(), within(1e-12 * (1 + plain.loss())));
            close(found.gradients(), plain.gradients(), 1e-12);
            double[] without = same.clone();
            without[2] = 0;
            Given.Found left = Given.of(given.views(), given.labels(), without, given.memory())
                    .evaluate(objective("info-nce-quality"));
            assertThat(Arrays.stream(left.gradients()[0][2]).map(Math::abs).sum())
                    .isZero();
            assertThat(Arrays.stream(left.gradients()[1][2]).map(Math::abs).sum())
                    .isPositive();
        });
    }

    @Test
    @Proves("amcl")
    void one_head_with_one_temperature_for_all_pairs_is_nt_xent() {
        Objective fixed = objective("amcl", "heads", "1", "least", "0.5", "most", "0.5", "regularisation", "0");
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6)
                    .withMemory("temperature-map", new double[][] {{3, 1, -2, 0, 1, 4, 2}});
            Given.Found one = given.evaluate(fixed);
            Given.Found other = given.evaluate(objective("nt-xent"));
            assertThat(one.loss()).isCloseTo(other.loss(), within(1e-12 * (1 + Math.abs(other.loss()))));
            close(one.gradients(), other.gradients(), 1e-12);
        });
    }

    @Test
    void several_heads_with_one_temperature_are_the_mean_of_nt_xent_over_heads() {
        same(
                objective("amcl", "heads", "2", "least", "0.5", "most", "0.5", "regularisation", "0"),
                objective("nt-xent", "heads", "2"));
    }

    @Test
    @Proves("hydra")
    void with_open_gates_and_every_item_paired_with_itself_hydra_is_nt_xent() {
        same(objective("hydra", "gated", "false", "arbitrary", "0"), objective("nt-xent", "temperature", "0.1"));
    }

    @Test
    @Proves("hard-contrastive")
    void with_all_negatives_kept_hard_contrast_is_nt_xent() {
        same(objective("hard-contrastive", "share", "1", "temperature", "0.5"), objective("nt-xent"));
    }

    @Test
    @Proves("dual-temperature")
    void with_one_temperature_dual_temperature_is_nt_xent() {
        same(objective("dual-temperature", "ratio", "1", "temperature", "0.5"), objective("nt-xent"));
    }

    @Test
    @Proves("flat-nce")
    void flat_nce_has_the_gradient_of_dcl_under_another_value() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found flat = given.evaluate(objective("flat-nce"));
            close(flat.gradients(), given.evaluate(objective("dcl")).gradients(), 1e-10);
            assertThat(flat.loss()).isCloseTo(1, within(1e-12));
        });
    }

    @Test
    @Proves("mixed-barlow-twins")
    void without_mixed_samples_mixed_barlow_twins_is_barlow_twins() {
        Property.check(5, random -> {
            Given given = Given.random(random, 3, 7, 6);
            Given two = given.withViews(new double[][][] {given.views()[0], given.views()[1]});
            double plain = two.evaluate(objective("barlow-twins")).loss();
            assertThat(given.evaluate(objective("mixed-barlow-twins", "weight", "0"))
                            .loss())
                    .isCloseTo(plain, within(1e-12 * plain));
        });
    }

    @Test
    void a_batch_that_is_all_of_the_average_gives_the_direction_of_dcl() {
        // gamma 1: the weights are the softmax of the batch; the gradient is temperature times that of DCL, of both
        // views.
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[][][] found =
                    given.evaluate(objective("sogclr", "gamma", "1")).gradients();
            double[][][] dcl = given.evaluate(objective("dcl")).gradients();
            for (double[][] view : dcl) {
                for (double[] row : view) {
                    // DCL is a mean over both views, SogCLR a sum.
                    Arrays.setAll(row, k -> 2 * 0.1 * row[k]);
                }
            }
            close(found, dcl, 1e-10);
        });
    }

    @Test
    @Proves("auc-squared-hinge")
    void the_squared_hinge_of_the_area_under_the_curve_is_zero_where_all_positives_lead_by_one() {
        double[][][] views = coordinates(2, upTo(ITEMS), WIDTH);
        assertThat(of(views, upTo(ITEMS))
                        .evaluate(objective("auc-squared-hinge"))
                        .loss())
                .isZero();
    }

    @Test
    void weights_by_hardness_make_nt_xent_hard_negative_contrast() {
        Contrast plain = (Contrast) objective("nt-xent");
        same(plain.withWeights(new Weights.Hardness(1)), objective("hcl", "prior", "0"));
        same(plain.withWeights(new Weights.Hardness(0)), plain);
    }

    @Test
    @Proves("y-aware")
    void a_label_kernel_of_no_width_is_the_same_number_and_a_wide_one_is_everything() {
        Property.check(3, random -> {
            // Numbers of their own: what belongs together are the views of an item.
            Given given = Given.random(random, 2, 7, 6);
            double[] numbers = Arrays.stream(upTo(7)).asDoubleStream().toArray();
            Given distinct = Given.of(given.views(), upTo(7), numbers, given.memory());
            double narrow =
                    distinct.evaluate(objective("y-aware", "bandwidth", "0.01")).loss();
            assertThat(narrow)
                    .isCloseTo(
                            distinct.evaluate(objective("nt-xent", "temperature", "0.1"))
                                    .loss(),
                            within(1e-10));
            double wide =
                    distinct.evaluate(objective("y-aware", "bandwidth", "1e6")).loss();
            Given collapsed = distinct.withViews(constant(2, 7, 6));
            assertThat(collapsed
                            .evaluate(objective("y-aware", "bandwidth", "1e6"))
                            .loss())
                    .isCloseTo(0, within(1e-9));
            assertThat(wide).isPositive();
        });
    }

    @Test
    @Proves("sampling-bias-corrected")
    void equal_propensities_correct_nothing() {
        Property.check(3, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[] equal = new double[7];
            Arrays.fill(equal, 0.2);
            Contrast plain = (Contrast) objective("sampling-bias-corrected");
            Given even = Given.of(given.views(), upTo(7), equal, given.memory());
            assertThat(even.evaluate(plain).loss())
                    .isCloseTo(even.evaluate(plain.withWeights(Weights.NONE)).loss(), within(1e-12));
        });
    }

    @Test
    @Proves("bad-pairs")
    void where_no_pair_was_seen_before_bad_pairs_are_nt_xent() {
        Property.check(3, random -> {
            Given given = Given.random(random, 2, 7, 6).withMemory("pair-losses", new double[7][2]);
            assertThat(given.evaluate(objective("bad-pairs")).loss())
                    .isCloseTo(given.evaluate(objective("nt-xent")).loss(), within(1e-12));
        });
    }

    @Test
    @Proves("proto-nce")
    void prototypes_without_weight_or_clusters_are_info_nce_in_both_directions() {
        Property.check(3, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double expected =
                    given.evaluate(objective("clip", "temperature", "0.1")).loss();
            assertThat(given.evaluate(objective("proto-nce", "weight", "0")).loss())
                    .isCloseTo(expected, within(1e-9));
            assertThat(given.withMemory("clusters", new double[4][6])
                            .evaluate(objective("proto-nce"))
                            .loss())
                    .isCloseTo(expected, within(1e-9));
        });
    }

    @Test
    void in_the_first_pass_deep_cluster_has_nothing_to_learn() {
        Property.check(3, random -> {
            Given given = Given.random(random, 2, 7, 6).withMemory("clusters", new double[4][6]);
            assertThat(given.evaluate(objective("deepcluster-v2")).loss()).isZero();
        });
    }

    @Test
    @Proves("invariance-propagation")
    void instance_discrimination_tells_a_row_from_all_other_records() {
        Objective instances = objective("invariance-propagation", "weight", "0", "temperature", "0.5");
        double[][] bank = coordinates(1, upTo(ITEMS), WIDTH)[0];
        Given spread = of(coordinates(1, upTo(ITEMS), WIDTH), upTo(ITEMS))
                .withMemory("bank", bank)
                .withMemory("visits", new double[ITEMS][1]);
        assertThat(spread.evaluate(instances).loss())
                .isCloseTo(Math.log(1 + (ITEMS - 1) * Math.exp(-2)), within(1e-12));
        Given collapsed = spread.withViews(constant(1, ITEMS, WIDTH));
        assertThat(collapsed
                        .withMemory("bank", constant(1, ITEMS, WIDTH)[0])
                        .evaluate(instances)
                        .loss())
                .isCloseTo(Math.log(ITEMS), within(1e-12));
    }

    @Test
    @Proves("cyclip")
    void cyclip_without_cycles_is_clip() {
        same(objective("cyclip", "within", "0", "across", "0"), objective("clip", "temperature", "0.2"));
    }

    static Stream<String> unordered() {
        return recipes().filter(recipe -> !OF_THE_FIRST.contains(recipe));
    }

    @ParameterizedTest
    @MethodSource("unordered")
    void the_order_of_items_does_not_matter(String recipe) {
        Property.check(2, random -> {
            Given given = random(random, recipe);
            int[] order = {4, 7, 1, 0, 8, 2, 6, 3, 5};
            Given.Found before = given.evaluate(objective(recipe));
            Given.Found after = given.permuted(order).evaluate(objective(recipe));
            assertThat(after.loss()).isCloseTo(before.loss(), within(1e-10 * (1 + Math.abs(before.loss()))));
            double[][][] expected = new double[before.gradients().length][order.length][];
            for (int v = 0; v < expected.length; v++) {
                for (int i = 0; i < order.length; i++) {
                    expected[v][i] = before.gradients()[v][order[i]];
                }
            }
            close(after.gradients(), expected, 1e-10);
        });
    }

    static Stream<String> contrasts() {
        return recipes().filter(recipe -> Recipes.named(recipe).create() instanceof Contrast);
    }

    @ParameterizedTest
    @MethodSource("contrasts")
    void tiles_change_neither_value_nor_gradient(String recipe) {
        Contrast whole = (Contrast) objective(recipe);
        Property.check(2, random -> {
            Given given = random(random, recipe);
            Given.Found expected = given.evaluate(whole);
            // Strips of one anchor, of some that divide nothing evenly, and of all.
            for (Tiling tiling : List.of(new Tiling(1, 1, 0), new Tiling(3, 5, 77), new Tiling(2, 90, 1))) {
                Given.Found found = given.evaluate(whole.withTiling(tiling));
                assertThat(found.loss())
                        .as(tiling.toString())
                        .isCloseTo(expected.loss(), within(1e-12 * (1 + Math.abs(expected.loss()))));
                close(found.gradients(), expected.gradients(), 1e-12);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void the_length_of_rows_matters_only_to_recipes_on_raw_features(String recipe) {
        Property.check(2, random -> {
            Given given = random(random, recipe);
            double[][][] scaled = new double[given.views().length][given.items()][];
            for (int v = 0; v < scaled.length; v++) {
                for (int i = 0; i < given.items(); i++) {
                    double factor = Math.exp(random.nextDouble(-2, 2));
                    scaled[v][i] = Arrays.stream(given.views()[v][i])
                            .map(value -> value * factor)
                            .toArray();
                }
            }
            double before = given.evaluate(objective(recipe)).loss();
            double after = given.withViews(scaled).evaluate(objective(recipe)).loss();
            if (RAW.contains(recipe)) {
                assertThat(Math.abs(after - before)).isGreaterThan(1e-6);
            } else {
                assertThat(after).isCloseTo(before, within(1e-10 * (1 + Math.abs(before))));
            }
        });
    }

    /** Batches at the edge of what formulas bear, by name. */
    private static Map<String, Given> edges(String recipe) {
        Given usual = random(new SplittableRandom(5), recipe);
        Map<String, Given> edges = new LinkedHashMap<>();
        // Constant features have no inverse covariance: w-mse refuses them with its paper's epsilon of 0.
        if (!recipe.equals("w-mse")) {
            edges.put("identical vectors", usual.withViews(constant(views(recipe), 9, 6)));
        }
        double[][][] zero = usual.withViews(usual.views()).fixed();
        for (double[][] view : zero) {
            view[3] = new double[6];
        }
        edges.put("a zero vector", usual.withViews(zero));
        edges.put("one class only", usual.withLabels(new int[9]));
        edges.put(
                "no two of a class",
                usual.withLabels(upTo(9))
                        .withMemory("classes", classes(9))
                        .withMemory("prototypes", classes(9))
                        .withMemory("gates", classes(45))
                        .withMemory("prior", new double[][] {{9, 8, 7, 6, 5, 4, 3, 2, 1}}));
        double[][][] equal = usual.withViews(usual.views()).fixed();
        for (int v = 1; v < equal.length; v++) {
            equal[v] = equal[0];
        }
        edges.put("equal views", usual.withViews(equal));
        return edges;
    }

    private static double[][] classes(int count) {
        double[][] rows = new double[count][6];
        SplittableRandom random = new SplittableRandom(6);
        for (double[] row : rows) {
            Arrays.setAll(row, k -> random.nextGaussian());
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void values_and_gradients_are_finite_at_the_edges(String recipe) {
        List<Objective> objectives = new ArrayList<>(List.of(objective(recipe)));
        if (Recipes.named(recipe).settable().contains("temperature")) {
            objectives.add(objective(recipe, "temperature", "0.01"));
        }
        List<String> broken = new ArrayList<>();
        for (Objective objective : objectives) {
            Map<String, Given> edges = edges(recipe);
            edges.put("a usual batch", random(new SplittableRandom(7), recipe));
            edges.forEach((name, given) -> {
                Given.Found found = given.evaluate(objective);
                boolean finite = Arrays.stream(found.gradients())
                        .flatMap(Arrays::stream)
                        .flatMapToDouble(Arrays::stream)
                        .allMatch(Double::isFinite);
                if (!finite || !Double.isFinite(found.loss())) {
                    broken.add(name + ": value " + found.loss() + " with gradients "
                            + (finite ? "finite" : "not finite") + " of " + objective.slots());
                }
            });
        }
        assertThat(broken).isEmpty();
    }

    static Stream<String> ofSpread() {
        return recipes().filter(recipe -> !NOT_OF_SPREAD.contains(recipe));
    }

    @ParameterizedTest
    @MethodSource("ofSpread")
    void spread_features_are_better_than_collapsed_ones(String recipe) {
        if (BLIND.contains(recipe)) {
            Given spread = of(coordinates(views(recipe), upTo(ITEMS), WIDTH), upTo(ITEMS));
            Given collapsed = of(constant(views(recipe), ITEMS, WIDTH), upTo(ITEMS));
            double[][] queue = coordinates(1, new int[] {8, 9, 10}, WIDTH)[0];
            assertThat(spread.withMemory("queue", queue)
                            .evaluate(objective(recipe))
                            .loss())
                    .isCloseTo(
                            collapsed
                                    .withMemory("queue", queue)
                                    .evaluate(objective(recipe))
                                    .loss(),
                            within(1e-12));
            return;
        }
        assertThat(spread(recipe).evaluate(objective(recipe)).loss())
                .as(recipe)
                .isLessThan(collapsed(recipe).evaluate(objective(recipe)).loss() - 1e-3);
    }

    /** Each item on a coordinate of its own, or each class, or each number; memories stand where they should. */
    private static Given spread(String recipe) {
        int views = views(recipe);
        boolean byClass = objective(recipe).needs().labels();
        int[] labels = Arrays.stream(upTo(ITEMS)).map(i -> byClass ? i / 2 : i).toArray();
        double[][][] values = coordinates(views, labels, WIDTH);
        if (recipe.equals("rank-n-contrast")) {
            for (double[][] view : values) {
                for (int i = 0; i < ITEMS; i++) {
                    view[i] = new double[WIDTH];
                    view[i][0] = 10 * i;
                }
            }
        }
        if (recipe.equals("w-mse")) {
            // More items than features.
            values = random(new SplittableRandom(1), recipe).views();
            values[1] = values[0];
            labels = upTo(9);
        }
        Given given = of(values, labels);
        if (recipe.equals("w-mse")) {
            return given;
        }
        double[][] own = coordinates(1, upTo(ITEMS), WIDTH)[0];
        double[][] others = coordinates(1, new int[] {8, 9, 10, 11}, WIDTH)[0];
        double[][] centre = new double[1][WIDTH];
        Arrays.fill(centre[0], 0, ITEMS, 1.0 / ITEMS);
        int[] byCentre = new int[ITEMS * (recipe.equals("soft-triple") ? 10 : 3)];
        Arrays.setAll(byCentre, i -> i * ITEMS / byCentre.length);
        return given.withMemory("classes", own)
                .withMemory("centres", coordinates(1, byCentre, WIDTH)[0])
                .withMemory("pair-weights", coordinates(1, byCentre, WIDTH)[0])
                .withMemory("slices", coordinates(1, upTo(WIDTH), WIDTH)[0])
                .withMemory("queue-labels", column(upTo(ITEMS)))
                .withMemory("label-banks", others)
                .withMemory("bank-labels", column(upTo(4)))
                .withMemory("prototypes", own)
                .withMemory("prior", new double[][] {{1, 1, 1, 1, 1, 1, 1, 1}})
                .withMemory("places", new double[ITEMS][4])
                .withMemory("masked", new double[ITEMS][1])
                .withMemory("bank", own)
                .withMemory("clusters", own)
                .withMemory("concentrations", column(1, own.length))
                .withMemory("label-sets", own)
                .withMemory("smoothing-in", own)
                .withMemory("smoothing-out", new double[ITEMS][WIDTH])
                .withMemory("smoothing-bias", new double[ITEMS][1])
                .withMemory("pair-losses", new double[ITEMS][2])
                .withMemory("visits", new double[ITEMS][1])
                .withMemory("queue", List.of("moco", "hard-moco", "esimcse").contains(recipe) ? others : own)
                .withMemory("centre", centre);
    }

    private static double[][] column(double number, int rows) {
        double[][] column = new double[rows][1];
        Arrays.stream(column).forEach(row -> row[0] = number);
        return column;
    }

    private static double[][] column(int[] numbers) {
        return Arrays.stream(numbers).mapToObj(number -> new double[] {number}).toArray(double[][]::new);
    }

    /** The same items with one vector for all of them, in the queue too; classes and prototypes do not move. */
    private static Given collapsed(String recipe) {
        Given spread = spread(recipe);
        double[][][] values = constant(views(recipe), spread.items(), spread.width());
        if (recipe.equals("w-mse")) {
            // Exactly equal rows have no inverse covariance; what is left of them is noise.
            SplittableRandom random = new SplittableRandom(2);
            for (double[][] view : values) {
                for (double[] row : view) {
                    Arrays.setAll(row, k -> 1 + 1e-3 * random.nextGaussian());
                }
            }
            return spread.withViews(values);
        }
        return spread.withViews(values)
                .withMemory("bank", constant(1, ITEMS, WIDTH)[0])
                .withMemory("queue", constant(1, 4, WIDTH)[0])
                .withMemory("queue-labels", column(upTo(4)))
                .withMemory("label-banks", constant(1, 4, WIDTH)[0])
                .withMemory("centre", constant(1, 1, WIDTH)[0]);
    }
}
