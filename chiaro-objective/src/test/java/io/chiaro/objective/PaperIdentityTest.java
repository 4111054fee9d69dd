package io.chiaro.objective;

import static io.chiaro.objective.IdentityTest.close;
import static io.chiaro.objective.IdentityTest.constant;
import static io.chiaro.objective.IdentityTest.coordinates;
import static io.chiaro.objective.IdentityTest.objective;
import static io.chiaro.objective.IdentityTest.of;
import static io.chiaro.objective.IdentityTest.same;
import static io.chiaro.objective.IdentityTest.upTo;
import static io.chiaro.objective.PlainFormulas.cosine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.recipe.PeriodicTable;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of recipes that no package has: each becomes another, or a number known in closed form. */
@ExtendWith(LeakCheck.class)
class PaperIdentityTest {

    private static final int ITEMS = 8;
    private static final int WIDTH = 16;
    /** The rows of two views but the anchor. */
    private static final int CANDIDATES = 2 * ITEMS - 1;

    /** Where tests say which recipes they are about. */
    private static final List<Class<?>> PROOFS =
            List.of(IdentityTest.class, PaperIdentityTest.class, SpectralClusteringTest.class);

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Set<String> proven() {
        Set<String> proven = new HashSet<>();
        for (Class<?> tests : PROOFS) {
            for (Method method : tests.getDeclaredMethods()) {
                Proves proves = method.getAnnotation(Proves.class);
                if (proves != null) {
                    assertThat(method.isAnnotationPresent(Test.class)
                                    || method.isAnnotationPresent(ParameterizedTest.class))
                            .as(method.getName())
                            .isTrue();
                    proven.addAll(List.of(proves.value()));
                }
            }
        }
        return proven;
    }

    @Test
    void every_recipe_without_a_reference_has_an_identity() {
        Set<String> proven = proven();
        assertThat(Recipes.all().stream()
                        .filter(recipe -> !PeriodicTable.hasReference(recipe))
                        .map(Recipe::name)
                        .filter(recipe -> !proven.contains(recipe)))
                .isEmpty();
    }

    @Test
    void every_identity_is_of_a_recipe() {
        assertThat(Recipes.all()).extracting(Recipe::name).containsAll(proven());
    }

    private static Given constantRows() {
        return of(constant(2, ITEMS, WIDTH), upTo(ITEMS));
    }

    private static Given coordinateRows() {
        return of(coordinates(2, upTo(ITEMS), WIDTH), upTo(ITEMS));
    }

    private static double loss(Given given, String recipe, String... settings) {
        return given.evaluate(objective(recipe, settings)).loss();
    }

    private static void agree(Given given, Objective first, Objective second) {
        Given.Found one = given.evaluate(first);
        Given.Found other = given.evaluate(second);
        assertThat(one.loss()).isCloseTo(other.loss(), within(1e-12 * (1 + Math.abs(other.loss()))));
        close(one.gradients(), other.gradients(), 1e-12);
    }

    private static Contrast softmaxOf(Pairing.Among among, Supervision supervision, Similarity similarity) {
        return Contrast.of(
                Pairing.blocks(among),
                supervision,
                similarity,
                new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES));
    }

    private static Given numbered(Given given, double[] numbers) {
        return Given.of(given.views(), given.labels(), numbers, given.memory());
    }

    /** A batch whose guide sees other rows than the objective. */
    private static Given guided(Given given, double[][][] seen) {
        return new Given(given.views(), seen, given.labels(), given.targets(), given.memory());
    }

    private static double[] unit(double[] row) {
        double length = Math.sqrt(dot(row, row));
        return Arrays.stream(row).map(value -> value / length).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    // ---- distances of distributions

    /** An anchor's own row has the share q of its softmax and p of what is told; all other candidates share the rest evenly. */
    private static Given.Found ofShares(String recipe, double p, double q) {
        double temperature = 1 / Math.log(q * (CANDIDATES - 1) / (1 - q));
        double leak = (1 - p) * CANDIDATES / (CANDIDATES - 1);
        return coordinateRows()
                .evaluate(objective(
                        recipe, "temperature", String.valueOf(temperature), "leak", String.valueOf(Math.max(0, leak))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"i-con", "i-con-reverse", "i-con-jensen-shannon", "i-con-total-variation", "i-con-hellinger"})
    void a_softmax_that_is_what_is_told_is_at_no_distance(String recipe) {
        for (double share : new double[] {0.2, 0.5, 0.9}) {
            Given.Found found = ofShares(recipe, share, share);
            assertThat(found.loss()).isCloseTo(0, within(1e-12));
            // The absolute difference has no slope at zero.
            if (!recipe.equals("i-con-total-variation")) {
                close(found.gradients(), new double[2][ITEMS][WIDTH], 1e-12);
            }
            assertThat(ofShares(recipe, share, share + 0.05).loss()).isGreaterThan(1e-4);
            assertThat(ofShares(recipe, share, share - 0.05).loss()).isGreaterThan(1e-4);
        }
    }

    @Test
    @Proves({"i-con-reverse", "i-con-jensen-shannon", "i-con-total-variation", "i-con-hellinger"})
    void measures_are_those_of_two_coins_and_all_but_two_are_symmetric() {
        for (double[] shares : new double[][] {{0.3, 0.6}, {0.9, 0.2}, {0.5, 0.4}}) {
            double p = shares[0];
            double q = shares[1];
            assertThat(ofShares("i-con", p, q).loss()).isCloseTo(relative(p, q), within(1e-12));
            assertThat(ofShares("i-con-reverse", p, q).loss()).isCloseTo(relative(q, p), within(1e-12));
            double middle = (p + q) / 2;
            double shannon = (relative(p, middle) + relative(q, middle)) / 2;
            double hellinger = 1 - Math.sqrt(p * q) - Math.sqrt((1 - p) * (1 - q));
            for (double[] either : new double[][] {{p, q}, {q, p}}) {
                assertThat(ofShares("i-con-jensen-shannon", either[0], either[1])
                                .loss())
                        .isCloseTo(shannon, within(1e-12));
                assertThat(ofShares("i-con-total-variation", either[0], either[1])
                                .loss())
                        .isCloseTo(Math.abs(p - q), within(1e-12));
                assertThat(ofShares("i-con-hellinger", either[0], either[1]).loss())
                        .isCloseTo(hellinger, within(1e-12));
            }
        }
    }

    /** The Kullback-Leibler divergence of two coins. */
    private static double relative(double p, double q) {
        return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }

    @Test
    @Proves({"i-con-jensen-shannon", "i-con-total-variation", "i-con-hellinger"})
    void measures_bound_each_other() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            for (String temperature : new String[] {"0.02", "0.5", "10"}) {
                double leibler = loss(given, "i-con", "leak", "0", "temperature", temperature);
                double shannon = loss(given, "i-con-jensen-shannon", "temperature", temperature);
                double variation = loss(given, "i-con-total-variation", "temperature", temperature);
                double hellinger = loss(given, "i-con-hellinger", "temperature", temperature);
                double slack = 1e-12;
                assertThat(variation).isBetween(hellinger - slack, Math.min(1, Math.sqrt(2 * hellinger)) + slack);
                assertThat(variation).isLessThanOrEqualTo(Math.sqrt(leibler / 2) + slack);
                assertThat(shannon).isBetween(0.0, Math.log(2) * variation + slack);
            }
        });
    }

    // ---- guides

    @Test
    @Proves({"x-sample", "sne", "t-sne", "guide-neighbours"})
    void a_guide_that_finds_nothing_near_but_the_other_view_makes_a_softmax_with_one_positive() {
        Objective gaussian = softmaxOf(
                Pairing.Among.BATCH,
                Supervision.sameItem(),
                new Similarity(Similarity.Kind.NEGATIVE_SQUARED_DISTANCE, 1));
        Property.check(5, random -> {
            Given given = guided(Given.random(random, 2, 6, 6), coordinates(2, upTo(6), 6));
            agree(
                    given,
                    objective("x-sample", "guide-temperature", "0.01"),
                    objective("nt-xent", "temperature", "0.1"));
            agree(given, objective("guide-neighbours"), objective("nt-xent", "temperature", "0.1"));
            agree(given, objective("t-sne", "guide-temperature", "0.01"), objective("t-simcne"));
            agree(given, objective("sne", "guide-temperature", "0.01"), gaussian);
        });
    }

    @Test
    @Proves({"x-sample", "sne", "t-sne", "guide-neighbours"})
    void where_a_guide_tells_nothing_apart_rows_that_are_equal_are_all_it_asks() {
        for (String recipe : List.of("x-sample", "sne", "t-sne")) {
            Given.Found found = guided(constantRows(), coordinates(2, upTo(ITEMS), WIDTH))
                    .evaluate(objective(recipe, "guide-temperature", "1e12"));
            assertThat(found.loss()).as(recipe).isCloseTo(0, within(1e-9));
        }
        Given apart = guided(coordinateRows(), coordinates(2, upTo(ITEMS), WIDTH));
        assertThat(loss(constantRows(), "guide-neighbours", "neighbours", "99")).isCloseTo(0, within(1e-12));
        assertThat(loss(apart, "guide-neighbours", "neighbours", "99"))
                .isCloseTo(loss(apart, "x-sample", "guide-temperature", "1e12"), within(1e-9));
    }

    @Test
    @Proves({"x-sample", "sne"})
    void rows_that_are_those_of_the_guide_have_nothing_to_learn() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[][][] own = new double[2][7][];
            double[][][] longer = new double[2][7][];
            for (int v = 0; v < 2; v++) {
                for (int i = 0; i < 7; i++) {
                    own[v][i] = unit(given.guide(v, i));
                    // exp(-5 |x - y|^2) of unit rows is exp(10 cos) but for a factor.
                    longer[v][i] = Arrays.stream(own[v][i])
                            .map(value -> Math.sqrt(5) * value)
                            .toArray();
                }
            }
            Given.Found cosines = guided(given.withViews(own), given.fixed()).evaluate(objective("x-sample"));
            Given.Found gaussian =
                    guided(given.withViews(longer), given.fixed()).evaluate(objective("sne"));
            for (Given.Found found : List.of(cosines, gaussian)) {
                assertThat(found.loss()).isCloseTo(0, within(1e-12));
                close(found.gradients(), new double[2][7][6], 1e-12);
            }
        });
    }

    @Test
    @Proves("guide-distillation")
    void a_guide_is_a_teacher_whose_vectors_come_from_a_model() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[][] teacher = new double[7][];
            Arrays.setAll(teacher, i -> given.guide(0, i));
            Given.Found found = given.evaluate(objective("guide-distillation"));
            Given.Found told = given.withViews(new double[][][] {given.views()[0], given.views()[1], teacher})
                    .evaluate(objective("embed-distill"));
            assertThat(found.loss()).isCloseTo(told.loss(), within(1e-12));
            close(found.gradients(), new double[][][] {told.gradients()[0], told.gradients()[1]}, 1e-12);
        });
    }

    @Test
    @Proves("kernel-prior-uniformity")
    void a_prior_that_holds_no_two_items_to_be_near_leaves_uniformity_with_shorter_centres() {
        double ridge = 0.01;
        double t = 2 / ((1 + ridge) * (1 + ridge));
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found found = given.evaluate(objective("kernel-prior-uniformity", "bandwidth", "1e-3"));
            Given.Found plain = given.evaluate(objective("decoupled-uniformity", "t", String.valueOf(t)));
            assertThat(found.loss()).isCloseTo(plain.loss(), within(1e-10));
            close(found.gradients(), plain.gradients(), 1e-10);
        });
    }

    // ---- numbers

    @Test
    @Proves({"conr", "label-distance-weighted"})
    void without_a_slope_the_distance_of_numbers_says_no_more_than_who_belongs_together() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[] classes = Arrays.stream(given.labels())
                    .mapToDouble(label -> 3.0 * label)
                    .toArray();
            Given byClass = numbered(given, classes);
            agree(byClass, objective("conr", "slope", "0"), objective("sup-con", "temperature", "0.2"));
            Objective weighted = objective("label-distance-weighted", "slope", "0");
            agree(given, weighted, objective("nt-xent", "temperature", "0.1"));
        });
    }

    @Test
    @Proves({"conr", "label-distance-weighted"})
    void where_no_two_items_are_near_both_ways_to_push_by_distance_are_one() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[] numbers = new double[7];
            Arrays.setAll(numbers, i -> 2 * i + random.nextDouble(0.5));
            agree(
                    numbered(given, numbers),
                    objective("conr", "slope", "0.3", "temperature", "0.1"),
                    objective("label-distance-weighted", "slope", "0.3"));
        });
    }

    @Test
    @Proves("rank-n-contrast")
    void equal_numbers_make_rank_n_contrast_a_contrast_of_one_class() {
        Objective oneClass = softmaxOf(Pairing.Among.BATCH, Supervision.sameLabel(), Similarity.negativeDistance(0.5));
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6).withLabels(new int[7]);
            agree(numbered(given, new double[7]), objective("rank-n-contrast"), oneClass);
        });
    }

    @Test
    @Proves("pair-regression")
    void a_head_that_reads_products_regresses_the_dot_product_and_one_that_reads_nothing_has_its_bias() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[][] products = new double[4][6];
            Arrays.fill(products[2], 1);
            double byProduct = 0;
            double byBias = 0;
            for (int i = 0; i < 7; i++) {
                double apart = dot(given.views()[0][i], given.views()[1][i]) - given.targets()[i];
                byProduct += apart * apart / 7;
                byBias += (1.5 - given.targets()[i]) * (1.5 - given.targets()[i]) / 7;
            }
            assertThat(loss(
                            given.withMemory("pair-head", products).withMemory("pair-bias", new double[1][1]),
                            "pair-regression"))
                    .isCloseTo(byProduct, within(1e-12 * (1 + byProduct)));
            assertThat(loss(
                            given.withMemory("pair-head", new double[4][6])
                                    .withMemory("pair-bias", new double[][] {{1.5}}),
                            "pair-regression"))
                    .isCloseTo(byBias, within(1e-12 * (1 + byBias)));
        });
    }

    @Test
    @Proves("dynamic-distillation")
    void a_teacher_that_is_no_surer_of_one_item_than_of_another_weighs_all_the_same() {
        Property.check(5, random -> {
            Given given = Given.random(random, 3, 7, 6);
            double[][] student = new double[7][2];
            double squares = 0;
            double labels = 0;
            for (int i = 0; i < 7; i++) {
                for (int c = 0; c < 2; c++) {
                    double score = 20 * cosine(given.views()[0][i], given.views()[c + 1][i]);
                    student[i][c] = score;
                    squares += score * score / 14;
                    labels += Math.log(1 + Math.exp(c == 0 ? -score : score)) / 14;
                }
            }
            double[][] even = new double[7][2];
            assertThat(taught(given, even, "1")).isCloseTo(squares, within(1e-10 * (1 + squares)));
            assertThat(taught(given, even, "0")).isCloseTo(labels, within(1e-10 * (1 + labels)));
            assertThat(taught(given, student, "1")).isCloseTo(0, within(1e-12));
        });
    }

    private static double taught(Given given, double[][] teacher, String share) {
        try (Scope scope = Scope.open("test")) {
            return objective("dynamic-distillation", "share", share)
                    .evaluate(given.asViews().withTeacherScores(teacher))
                    .loss();
        }
    }

    // ---- kernels

    @Test
    @Proves({"t-simcne", "kernel-info-nce", "kernel-info-nce-sum"})
    void rows_on_coordinates_have_the_kernel_of_the_root_of_two() {
        Map<String, Double> kernels = Map.of(
                "t-simcne", 1.0 / 3,
                "kernel-info-nce", Math.exp(-2 * Math.sqrt(2)),
                "kernel-info-nce-sum", (Math.exp(-2) + Math.exp(-2 * Math.sqrt(2))) / 2);
        kernels.forEach((recipe, kernel) -> {
            assertThat(loss(coordinateRows(), recipe))
                    .as(recipe)
                    .isCloseTo(Math.log(1 + (CANDIDATES - 1) * kernel), within(1e-6));
            assertThat(loss(constantRows(), recipe)).as(recipe).isCloseTo(Math.log(CANDIDATES), within(1e-6));
        });
    }

    @Test
    @Proves("kernel-info-nce-sum")
    void a_sum_of_kernels_with_all_of_one_is_that_one() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double exponential = loss(given, "kernel-info-nce");
            // exp(-|x - y|^2) of unit rows is exp(2 cos) but for a factor.
            double gaussian = loss(given, "nt-xent", "temperature", "0.5");
            assertThat(loss(given, "kernel-info-nce-sum", "share", "1e-12")).isCloseTo(exponential, within(1e-9));
            assertThat(loss(given, "kernel-info-nce-sum", "share", "0.999999999999"))
                    .isCloseTo(gaussian, within(1e-9));
        });
    }

    @Test
    @Proves({"kcl-riesz", "kcl-imq", "kcl-log"})
    void kernel_contrast_of_rows_that_are_one_and_of_rows_on_coordinates_is_known() {
        // -2 k(0) + 16 * 2 k(d) with d^2 = 0 of equal rows and d^2 = 2 of coordinates.
        Map<String, double[]> known = Map.of(
                "kcl-riesz", new double[] {0, -32 * Math.sqrt(2)},
                "kcl-imq", new double[] {30, -2 + 32 / Math.sqrt(3)},
                "kcl-log", new double[] {0, -16 * Math.log(5)});
        known.forEach((recipe, values) -> {
            assertThat(loss(constantRows(), recipe)).as(recipe).isCloseTo(values[0], within(1e-5));
            assertThat(loss(coordinateRows(), recipe)).as(recipe).isCloseTo(values[1], within(1e-5));
        });
    }

    @Test
    @Proves({"kcl", "kcl-riesz", "kcl-imq", "kcl-log"})
    void kernels_that_are_almost_flat_are_all_the_squared_distance() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double squares = loss(given, "kcl-riesz", "s", "1.9999999");
            double gaussian = loss(given, "kcl", "t", "1e-6") - 30;
            double inverse = loss(given, "kcl-imq", "c", "1e3") - 30;
            double logarithmic = loss(given, "kcl-log", "t", "1e-6");
            double tolerance = 1e-4 * (1 + Math.abs(squares));
            assertThat(gaussian / 1e-6).isCloseTo(squares, within(tolerance));
            assertThat(inverse * 2e6).isCloseTo(squares, within(tolerance));
            assertThat(logarithmic / 0.5e-6).isCloseTo(squares, within(tolerance));
        });
    }

    /** Section 4 of its paper: as the exponent falls to 0 the value is that of InfoNCE and the logarithm of the weight. */
    @Test
    @Proves("rince")
    void robust_contrast_of_a_vanishing_exponent_is_nt_xent() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found robust = given.evaluate(objective("rince", "exponent", "1e-7", "weight", "0.025"));
            Given.Found plain = given.evaluate(objective("nt-xent", "temperature", "0.5"));
            assertThat(robust.loss()).isCloseTo(plain.loss() + Math.log(0.025), within(1e-5));
            close(robust.gradients(), plain.gradients(), 1e-5);
        });
    }

    @Test
    @Proves({"simclr-doubled", "dcl-summed"})
    void the_sum_of_both_directions_is_twice_their_mean() {
        Map<String, String> means = Map.of("simclr-doubled", "nt-xent", "dcl-summed", "dcl");
        means.forEach((summed, mean) -> Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given.Found twice = given.evaluate(objective(summed, "temperature", "0.3"));
            Given.Found once = given.evaluate(objective(mean, "temperature", "0.3"));
            assertThat(twice.loss()).as(summed).isCloseTo(2 * once.loss(), within(1e-10));
            close(twice.gradients(), times(2, once.gradients()), 1e-10);
        }));
    }

    private static double[][][] times(double factor, double[][][] views) {
        double[][][] result = new double[views.length][views[0].length][];
        for (int v = 0; v < views.length; v++) {
            for (int i = 0; i < views[v].length; i++) {
                result[v][i] =
                        Arrays.stream(views[v][i]).map(value -> factor * value).toArray();
            }
        }
        return result;
    }

    private static Given ofViews(Given given, double[][]... views) {
        return Given.of(views, given.labels(), given.targets(), given.memory());
    }

    @Test
    @Proves("decoupled-uniformity")
    void the_centres_of_views_that_are_equal_repel_each_other_as_the_rows_do() {
        Property.check(5, random -> {
            Given given = Given.random(random, 1, 7, 6);
            double[][] rows = given.views()[0];
            assertThat(loss(ofViews(given, rows, rows), "decoupled-uniformity"))
                    .isCloseTo(
                            loss(ofViews(given, rows, rows), "align-uniform", "alignment", "0", "t", "2"),
                            within(1e-10));
        });
    }

    @Test
    @Proves("mv-infonce")
    void two_views_that_are_equal_make_the_joint_set_nt_xent() {
        Property.check(5, random -> {
            Given given = Given.random(random, 1, 7, 6);
            double[][] rows = given.views()[0];
            assertThat(loss(ofViews(given, rows, rows), "mv-infonce"))
                    .isCloseTo(loss(ofViews(given, rows, rows), "nt-xent", "temperature", "0.5"), within(1e-10));
        });
    }

    @Test
    @Proves("moco-v3")
    void crossed_predictions_are_two_contrasts_times_twice_the_temperature() {
        Property.check(5, random -> {
            Given given = Given.random(random, 4, 7, 6);
            double[][][] views = given.views();
            double sum = loss(ofViews(given, views[0], views[3]), "info-nce", "temperature", "0.2")
                    + loss(ofViews(given, views[1], views[2]), "info-nce", "temperature", "0.2");
            assertThat(loss(given, "moco-v3")).isCloseTo(2 * 0.2 * sum, within(1e-10));
        });
    }

    @Test
    @Proves("lit")
    void a_locked_tower_that_sees_what_the_model_sees_gives_the_value_of_clip_and_half_of_its_gradient() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[][][] views = given.views();
            Given.Found locked = ofViews(given, views[0], views[1], views[1]).evaluate(objective("lit"));
            Given.Found clip = given.evaluate(objective("clip", "temperature", "0.07"));
            assertThat(locked.loss()).isCloseTo(clip.loss(), within(1e-10));
            close(
                    locked.gradients(),
                    new double[][][] {clip.gradients()[0], new double[7][6], new double[7][6]},
                    1e-10);
        });
    }

    @Test
    @Proves("cwcl")
    void where_a_frozen_model_holds_items_to_be_opposite_continuous_weights_are_clip() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 2, 6);
            double[][] opposite = {{1, 0, 0, 0, 0, 0}, {-1, 0, 0, 0, 0, 0}};
            double weighed = loss(ofViews(given, given.views()[0], given.views()[1], opposite), "cwcl");
            assertThat(weighed).isCloseTo(loss(given, "clip", "temperature", "0.07"), within(1e-10));
        });
    }

    @Test
    @Proves("cacr")
    void without_weights_costs_are_means_of_squared_distances() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double near = 0;
            double far = 0;
            double[][][] views = given.views();
            for (int v = 0; v < 2; v++) {
                for (int i = 0; i < 7; i++) {
                    near += (2 - 2 * cosine(views[v][i], views[1 - v][i])) / 14;
                    for (int j = 0; j < 7; j++) {
                        for (int w = 0; w < 2; w++) {
                            far += i == j ? 0 : (2 - 2 * cosine(views[v][i], views[w][j])) / (14 * 12);
                        }
                    }
                }
            }
            assertThat(loss(given, "cacr", "attraction", "0", "repulsion", "0")).isCloseTo(near - far, within(1e-12));
            // The near negatives count more, so they cost more.
            assertThat(loss(given, "cacr", "repulsion", "1")).isGreaterThan(near - far);
        });
        same(objective("cacr", "attraction", "0"), objective("cacr", "attraction", "7"));
    }

    @Test
    void a_wide_gaussian_leaves_means_of_squared_distances_and_a_narrow_one_the_nearest_row() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[][][] views = given.views();
            double wide = 1e7 * (loss(given, "nt-xent", "temperature", "1e7") - Math.log(13));
            // Of 13 candidates 12 are negatives, and |x - y|^2 = 2 - 2 cos.
            assertThat(wide)
                    .isCloseTo(12.0 / 26 * loss(given, "cacr", "attraction", "0", "repulsion", "0"), within(1e-5));
            double gaps = 0;
            for (int v = 0; v < 2; v++) {
                for (int i = 0; i < 7; i++) {
                    double nearest = -1;
                    for (int j = 0; j < 7; j++) {
                        for (int w = 0; w < 2; w++) {
                            nearest = i == j ? nearest : Math.max(nearest, cosine(views[v][i], views[w][j]));
                        }
                    }
                    gaps += Math.max(0, nearest - cosine(views[v][i], views[1 - v][i])) / 14;
                }
            }
            assertThat(1e-5 * loss(given, "nt-xent", "temperature", "1e-5")).isCloseTo(gaps, within(1e-4));
        });
    }

    // ---- negatives that are mixed, weighed or remembered

    @Test
    @Proves("feature-transformation")
    void equal_rows_of_a_queue_stay_as_they_are_and_so_does_a_positive_that_is_its_anchor() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double[][] queue = new double[5][];
            Arrays.fill(queue, given.rowsOf("queue")[0]);
            Given apart = given.withMemory("queue", queue);
            Given together = apart.withViews(new double[][][] {given.views()[0], given.views()[0]});
            double expected = loss(together, "moco", "temperature", "0.2");
            assertThat(loss(together, "feature-transformation")).isCloseTo(expected, within(1e-12 * (1 + expected)));
            assertThat(loss(apart, "feature-transformation", "extrapolation", "0", "interpolation", "0"))
                    .isEqualTo(loss(apart, "moco", "temperature", "0.2"));
            // A positive that is drawn away is harder to find.
            assertThat(loss(apart, "feature-transformation")).isGreaterThan(loss(apart, "moco", "temperature", "0.2"));
        });
    }

    @Test
    @Proves("mixcse")
    void of_two_items_a_mixture_of_one_side_is_that_side_once_more() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 2, 6);
            double asNegative = 0;
            double asPositive = 0;
            for (int i = 0; i < 2; i++) {
                double[] anchor = given.views()[0][i];
                double own = cosine(anchor, given.views()[1][i]);
                double ratio = Math.exp((cosine(anchor, given.views()[1][1 - i]) - own) / 0.05);
                asNegative += Math.log(1 + 2 * ratio) / 2;
                asPositive += Math.log(2 + ratio) / 2;
            }
            assertThat(loss(given, "mixcse", "positive-share", "0"))
                    .isCloseTo(asNegative, within(1e-10 * (1 + asNegative)));
            assertThat(loss(given, "mixcse", "positive-share", "1"))
                    .isCloseTo(asPositive, within(1e-10 * (1 + asPositive)));
        });
    }

    @Test
    @Proves("diffcse")
    void the_contrast_of_diffcse_in_both_directions_is_clip() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            Given turned = given.withViews(new double[][][] {given.views()[1], given.views()[0]});
            Given.Found there = given.evaluate(objective("diffcse"));
            Given.Found back = turned.evaluate(objective("diffcse"));
            Given.Found both = given.evaluate(objective("clip", "temperature", "0.05"));
            assertThat((there.loss() + back.loss()) / 2).isCloseTo(both.loss(), within(1e-12 * (1 + both.loss())));
            double[][][] mean = new double[2][7][6];
            for (int v = 0; v < 2; v++) {
                for (int i = 0; i < 7; i++) {
                    for (int k = 0; k < 6; k++) {
                        mean[v][i][k] = (there.gradients()[v][i][k] + back.gradients()[1 - v][i][k]) / 2;
                    }
                }
            }
            close(mean, both.gradients(), 1e-12);
        });
    }

    @Test
    @Proves({"hard-sup-con", "hard-moco"})
    void without_hardness_all_negatives_count_the_same() {
        same(objective("hard-moco", "beta", "0"), objective("moco", "temperature", "0.2"));
        Property.check(
                5,
                random -> agree(
                        Given.random(random, 2, 7, 6), objective("hard-sup-con", "beta", "0"), objective("sup-con")));
    }

    @Test
    @Proves("xbm-nca")
    void a_view_that_is_remembered_is_a_view_of_which_no_row_is_an_anchor() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            double sum = 0;
            for (int v = 0; v < 2; v++) {
                double[][] labels = Arrays.stream(given.labels())
                        .mapToObj(label -> new double[] {label})
                        .toArray(double[][]::new);
                sum += loss(
                        given.withViews(new double[][][] {given.views()[v]})
                                .withMemory("queue", given.views()[1 - v])
                                .withMemory("queue-labels", labels),
                        "xbm-nca");
            }
            // Each row has a positive, so both views have as many anchors.
            double expected = loss(given, "nca");
            assertThat(sum / 2).isCloseTo(expected, within(1e-12 * (1 + expected)));
        });
    }

    @Test
    @Proves("curl-block")
    void a_block_of_equal_rows_is_one_row_and_a_block_costs_no_more_than_its_rows() {
        Objective single = softmaxOf(Pairing.Among.CROSS, Supervision.sameItem(), Similarity.dot(1));
        Property.check(5, random -> {
            Given given = Given.random(random, 3, 7, 6);
            double[][][] views = given.views();
            double first = given.withViews(new double[][][] {views[0], views[1]})
                    .evaluate(single)
                    .loss();
            double second = given.withViews(new double[][][] {views[0], views[2]})
                    .evaluate(single)
                    .loss();
            assertThat(loss(given.withViews(new double[][][] {views[0], views[1], views[1]}), "curl-block"))
                    .isCloseTo(first, within(1e-12 * (1 + first)));
            assertThat(loss(given, "curl-block")).isLessThan((first + second) / 2);
        });
    }

    @Test
    @Proves("mw")
    void the_area_under_the_curve_of_equal_scores_is_a_half_and_of_two_scores_a_logistic() {
        assertThat(loss(constantRows(), "mw")).isCloseTo(Math.log(2), within(1e-12));
        assertThat(loss(constantRows(), "auc-squared-hinge")).isCloseTo(1, within(1e-12));
        for (double scale : new double[] {1, 5, 20}) {
            assertThat(loss(coordinateRows(), "mw", "scale", String.valueOf(scale)))
                    .isCloseTo(Math.log1p(Math.exp(-scale)), within(1e-12));
        }
    }

    // ---- clusters, codes and temperatures

    @Test
    @Proves("debiased-clustering")
    void items_alone_in_their_cluster_are_found_and_those_of_one_cluster_are_told_apart_by_chance() {
        double[][][] sure = coordinates(2, upTo(ITEMS), WIDTH);
        double[][][] pairs =
                coordinates(2, Arrays.stream(upTo(ITEMS)).map(i -> i / 2).toArray(), WIDTH);
        String[] plain = {"leak", "0", "temperature", "1e-3"};
        assertThat(loss(of(sure, upTo(ITEMS)), "debiased-clustering", plain)).isCloseTo(0, within(1e-12));
        assertThat(loss(of(pairs, upTo(ITEMS)), "debiased-clustering", plain)).isCloseTo(Math.log(2), within(1e-12));
        assertThat(loss(constantRows(), "debiased-clustering", plain)).isCloseTo(Math.log(ITEMS), within(1e-12));
        // What is told has an entropy of its own.
        double own = 1 - 0.2 + 0.2 / ITEMS;
        double other = 0.2 / ITEMS;
        double expected = Math.log(ITEMS) + own * Math.log(own) + (ITEMS - 1) * other * Math.log(other);
        assertThat(loss(constantRows(), "debiased-clustering", "leak", "0.2")).isCloseTo(expected, within(1e-12));
    }

    @Test
    @Proves("csr")
    void codes_that_are_the_rows_themselves_are_written_without_a_fault_and_leave_the_contrast() {
        Objective contrast = softmaxOf(Pairing.Among.CROSS, Supervision.sameItem(), Similarity.cosine(1));
        double[][] same = coordinates(1, upTo(6), 6)[0];
        Property.check(5, random -> {
            double[][][] views = Given.random(random, 2, 7, 6).views();
            for (double[][] view : views) {
                for (double[] row : view) {
                    Arrays.setAll(row, k -> Math.abs(row[k]));
                }
            }
            Map<String, double[][]> memory = new LinkedHashMap<>();
            memory.put("encoder", same);
            memory.put("decoder", same);
            Given given = Given.of(views, upTo(7), new double[7], memory);
            double expected = given.evaluate(contrast).loss();
            assertThat(loss(given, "csr", "active", "6")).isCloseTo(expected, within(1e-12));
            assertThat(loss(given, "csr", "active", "6", "contrast", "0")).isCloseTo(0, within(1e-12));
            assertThat(loss(given, "csr", "active", "2", "wide", "0", "contrast", "0"))
                    .isGreaterThan(1e-3);
        });
    }

    @Test
    @Proves("temperature-as-uncertainty")
    void rows_that_are_all_as_sure_have_one_temperature() {
        Property.check(5, random -> {
            Given given = Given.random(random, 2, 7, 6);
            for (double[] known : new double[][] {{50, 0.1}, {0, 0.2}}) {
                double[][][] sure = new double[2][7][];
                for (int v = 0; v < 2; v++) {
                    for (int i = 0; i < 7; i++) {
                        sure[v][i] = Arrays.copyOf(given.views()[v][i], 7);
                        sure[v][i][6] = known[0];
                    }
                }
                double expected = loss(given, "nt-xent", "temperature", String.valueOf(known[1]));
                assertThat(loss(given.withViews(sure), "temperature-as-uncertainty", "temperature", "0.1"))
                        .isCloseTo(expected, within(1e-12 * (1 + expected)));
            }
        });
    }

    @Test
    @Proves("vibcreg")
    void features_without_spread_are_paid_for_and_features_that_are_one_are_correlated_by_one() {
        // Both views and all features equal: nothing is apart, the deviation is the hinge's, and d (d - 1) correlations
        // are one.
        double[][][] views = new double[2][ITEMS][4];
        for (double[][] view : views) {
            for (int i = 0; i < ITEMS; i++) {
                Arrays.fill(view[i], 3.0 * i);
            }
        }
        assertThat(loss(of(views, upTo(ITEMS)), "vibcreg")).isCloseTo(200 * 12 / 16.0, within(1e-9));
        Given none = of(new double[2][ITEMS][4], upTo(ITEMS));
        assertThat(loss(none, "vibcreg")).isCloseTo(25 * (1 - Math.sqrt(1e-4)), within(1e-9));
    }
}
