package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values and gradients of reference implementations, written down by src/test/python/objective_fixtures.py and
 * library_fixtures.py.
 */
@ExtendWith(LeakCheck.class)
class ReferenceTest {

    /** What the reference calls a setting, and what the recipe calls its slot. */
    private static final Map<String, String> SLOTS = Map.ofEntries(
            Map.entry("q", "exponent"),
            Map.entry("push", "slope"),
            Map.entry("teacher-temperature", "teacher-temperature"),
            Map.entry("off-diagonal-weight", "redundancy"),
            Map.entry("invariance-weight", "invariance"),
            Map.entry("variance-weight", "variance"),
            Map.entry("covariance-weight", "covariance"),
            Map.entry("alignment-power", "alpha"),
            Map.entry("uniformity-scale", "t"),
            Map.entry("uniformity-weight", "uniformity"),
            Map.entry("local-weight", "lambda"),
            Map.entry("distortion", "epsilon"),
            Map.entry("sinkhorn-epsilon", "epsilon"),
            Map.entry("sinkhorn-iterations", "iterations"),
            Map.entry("within-weight", "within"),
            Map.entry("across-weight", "across"),
            Map.entry("positive-margin", "positive"),
            Map.entry("negative-margin", "negative"),
            Map.entry("positive-scale", "alpha"),
            Map.entry("negative-scale", "beta"),
            Map.entry("sharpen-temperature", "sharpening"),
            Map.entry("regularisation-weight", "weight"),
            Map.entry("kernel-scale", "t"),
            Map.entry("energy-weight", "energy"),
            Map.entry("contrastive-weight", "contrast"));

    /** Settings that say how the case was made, or what is always so here. */
    private static final Set<String> TOLD = Set.of(
            "normalise",
            "stop-gradient",
            "roles",
            "base-temperature",
            "anchors",
            "slice",
            "swap",
            "queue-labels",
            "kernel",
            "num-classes",
            "centers-per-class");

    /** What the reference calls a loss, where a recipe has another name. */
    private static final Map<String, String> NAMES =
            Map.of("multi-positive", "sup-con", "sup-con-non-zero", "sup-con", "negative-cosine", "simsiam");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static JsonObject file(String name) {
        try (InputStream in = Objects.requireNonNull(ReferenceTest.class.getResourceAsStream(name))) {
            return Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A case with its input. */
    record Case(JsonObject told, JsonObject input) {}

    static Stream<Named<Case>> cases() {
        return Stream.of("references.json", "references-libraries.json").flatMap(name -> cases(file(name)));
    }

    private static Stream<Named<Case>> cases(JsonObject file) {
        Set<String> names = Set.copyOf(Recipes.names());
        return file.objects("cases").stream()
                .filter(told -> names.contains(name(told)) && comparable(told))
                .map(told -> Named.of(
                        name(told) + ": " + told.string("reference") + " on " + told.string("input"),
                        new Case(told, file.object("inputs").object(told.string("input")))));
    }

    private static String name(JsonObject told) {
        String name = told.string("recipe");
        return told.object("settings").has("base-temperature") ? name + "-rescaled" : NAMES.getOrDefault(name, name);
    }

    /**
     * Cases of a form that the recipe of that name does not have. SupContrast counts an anchor without a positive as 0 in its
     * mean; here it is left out.
     */
    private static boolean comparable(JsonObject told) {
        JsonObject settings = told.object("settings");
        String recipe = told.string("recipe");
        boolean heldFixed =
                !recipe.equals("moco") || !at(settings, "stop-gradient").equals(List.of());
        return heldFixed
                && !settings.string("anchors", "all").equals("first-view")
                && !settings.bool("swap", false)
                && (settings.bool("normalise", true) || recipe.equals("mmcr") || recipe.equals("emp-ssl"))
                && !settings.has("similarity")
                && !(settings.has("base-temperature") && told.string("input").equals("single"))
                && !told.object("memory").has("queue-labels")
                && !(recipe.equals("byol") && told.string("reference").startsWith("lightly"))
                && !(recipe.equals("co2") && !told.object("memory").has("queue"))
                && !(recipe.equals("spectral") || recipe.equals("conr"))
                // Two views of patches, where the recipe takes the vectors of whole pictures from two more.
                && !(recipe.equals("vicregl") && settings.has("matches"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_and_gradient_are_those_of_the_reference(Case tried) {
        JsonObject told = tried.told();
        Recipe recipe = Recipes.named(name(told));
        Map<String, Object> settings = told.object("settings").toMap();
        Map<String, String> fillings = new LinkedHashMap<>();
        for (Map.Entry<String, Object> setting : settings.entrySet()) {
            if (setting.getKey().equals("base-temperature")) {
                fillings.put("base-temperature", String.valueOf(setting.getValue()));
            }
            if (setting.getKey().equals("directions")) {
                fillings.put(
                        "both-directions",
                        String.valueOf(String.valueOf(setting.getValue()).equals("half-sum")));
            } else if (setting.getKey().equals("normalise") && recipe.settable().contains("normalised")) {
                fillings.put("normalised", String.valueOf(setting.getValue()));
            } else if (!TOLD.contains(setting.getKey()) && !firstStep(recipe, setting.getKey())) {
                fillings.put(slot(recipe, setting.getKey()), String.valueOf(setting.getValue()));
            }
        }
        if (recipe.name().equals("swav") && told.object("memory").has("queue")) {
            fillings.put("queued", "true");
        }
        Objective objective = recipe.with(fillings).create();
        double[][][] views = used(told, cube(at(tried.input(), "views")));
        double[][][] expected = used(told, cube(at(told, "gradient")));
        try (Scope scope = Scope.open("test")) {
            Evaluation found = objective.evaluate(views(views, tried, told));
            double loss = told.number("loss");
            assertThat(found.loss()).isCloseTo(loss, within(1e-6 * (1 + Math.abs(loss))));
            double largest = 0;
            for (double[][] view : expected) {
                for (double[] row : view) {
                    largest = Math.max(
                            largest, Arrays.stream(row).map(Math::abs).max().orElse(0));
                }
            }
            for (int v = 0; v < expected.length; v++) {
                double[] gradient = found.gradients().get(v).toDoubles();
                for (int i = 0; i < gradient.length; i++) {
                    int width = views[v][0].length;
                    assertThat(gradient[i])
                            .as("view %d, row %d, feature %d", v, i / width, i % width)
                            .isCloseTo(expected[v][i / width][i % width], within(1e-8 + 1e-6 * largest));
                }
            }
        }
    }

    @Test
    void every_recipe_with_a_reference_has_a_case() {
        List<String> tried =
                cases().map(one -> name(one.getPayload().told())).distinct().toList();
        for (Recipe recipe : Recipes.all()) {
            boolean here = recipe.pattern() != null
                    && !recipe.reference().equals("no-reference")
                    && !PaperReferenceTest.recipes().contains(recipe.name());
            if (here) {
                assertThat(tried).contains(recipe.name());
            }
        }
    }

    private static String slot(Recipe recipe, String setting) {
        if (recipe.settable().contains(setting)) {
            return setting;
        }
        if (setting.equals("margin") && recipe.settable().contains("degrees")) {
            return "degrees";
        }
        String slot = SLOTS.getOrDefault(setting, setting);
        return recipe.settable().contains(slot) || !setting.endsWith("-weight") ? slot : "weight";
    }

    /** Whether a setting says how a state moves on from the step that the case is. */
    private static boolean firstStep(Recipe recipe, String setting) {
        return setting.equals("momentum") && !recipe.settable().contains(setting);
    }

    /** The views that the loss reads. */
    private static double[][][] used(JsonObject told, double[][][] views) {
        Object roles = told.object("settings").toMap().get("roles");
        if (!(roles instanceof List<?> list)) {
            return views;
        }
        List<double[][]> used = new ArrayList<>();
        for (int v = 0; v < views.length; v++) {
            if (!list.get(v).equals("unused")) {
                used.add(views[v]);
            }
        }
        return used.toArray(double[][][]::new);
    }

    private static Views views(double[][][] values, Case tried, JsonObject told) {
        View[] views = new View[values.length];
        for (int v = 0; v < values.length; v++) {
            int rows = values[v].length;
            long[] items = new long[rows];
            long[] contents = new long[rows];
            for (int i = 0; i < rows; i++) {
                items[i] = i;
                contents[i] = (long) v * rows + i;
            }
            views[v] = new View(v == 0 ? ViewRole.ANCHOR : ViewRole.POSITIVE, tensor(values[v]), items, contents);
        }
        Views result = Views.of(views);
        if (tried.input().has("labels")) {
            List<Double> labels = tried.input().numbers("labels");
            result = told.string("input").equals("regression")
                    ? result.withScores(
                            labels.stream().mapToDouble(Double::doubleValue).toArray())
                    : result.withLabels(
                            labels.stream().mapToInt(Double::intValue).toArray());
        }
        if (tried.input().has("scores")) {
            result = result.withScores(tried.input().numbers("scores").stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray());
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        told.object("memory").toMap().forEach((name, rows) -> memories.put(name, memory(name, rows)));
        if (told.object("settings").has("queue-labels")) {
            List<Double> labels = told.object("settings").numbers("queue-labels");
            memories.put(
                    "queue-labels",
                    Tensor.of(labels.stream().mapToDouble(Double::doubleValue).toArray(), labels.size(), 1));
            memories.put("queue", Objects.requireNonNull(memories.get("queue")).narrow(0, 0, labels.size()));
        }
        if (memories.containsKey("classes")) {
            memories.put("prototypes", Objects.requireNonNull(memories.get("classes")));
        }
        if (memories.containsKey("bank")) {
            result = result.withRecords(LongStream.range(0, values[0].length).toArray());
        }
        return result.withMemories(memories);
    }

    /** The rows of a memory: slices are told in columns, a centre or a prior as one row. */
    private static Tensor memory(String name, Object nested) {
        if (name.equals("centre") || name.equals("prior")) {
            return tensor(matrix(List.of(nested)));
        }
        Tensor rows = tensor(matrix(nested));
        return name.equals("slices") ? rows.transpose(0, 1).contiguous() : rows;
    }

    private static Tensor tensor(double[][] rows) {
        double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
        return Tensor.of(flat, rows.length, rows[0].length);
    }

    private static Object at(JsonObject object, String key) {
        return Objects.requireNonNull(object.toMap().get(key));
    }

    private static double[][][] cube(Object nested) {
        List<double[][]> views = new ArrayList<>();
        ((List<?>) nested).forEach(view -> views.add(matrix(view)));
        return views.toArray(double[][][]::new);
    }

    private static double[][] matrix(Object nested) {
        return ((List<?>) nested)
                .stream()
                        .map(row -> ((List<?>) row)
                                .stream()
                                        .mapToDouble(value -> ((Number) value).doubleValue())
                                        .toArray())
                        .toArray(double[][]::new);
    }
}
