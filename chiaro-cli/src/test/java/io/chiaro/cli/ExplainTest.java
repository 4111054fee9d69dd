package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.data.Npy;
import io.chiaro.objective.recipe.Recipes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainTest {

    private static final int ITEMS = 6;
    private static final int WIDTH = 4;

    @TempDir
    Path folder;

    static List<String> recipes() {
        return Recipes.names();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void every_recipe_explains_itself_on_made_up_items(String recipe) {
        CommandRun run = CommandRun.of("explain", recipe, "--json", "-");

        assertThat(run.errors()).contains("reduction", "loss");
        assertThat(run.exitCode()).isZero();
        JsonObject document = Json.parse(recipe, run.output());
        assertThat(document.string("recipe")).isEqualTo(recipe);
        assertThat(document.number("loss")).isFinite();
        assertThat(document.keys()).contains("reference", "reduction", "slots");
    }

    @Test
    void arrays_of_ones_own_give_the_value_of_the_formula_and_a_gradient_of_all_views() {
        double[][] views = {array("a.npy", 1), array("b.npy", 2)};
        Path gradient = folder.resolve("g.npy");

        CommandRun run = CommandRun.of(
                "explain",
                "clip",
                "--views",
                files("a.npy", "b.npy"),
                "--set",
                "temperature=0.5",
                "--gradient",
                gradient.toString(),
                "--json",
                "-");

        assertThat(Json.parse("clip", run.output()).number("loss")).isCloseTo(clip(views), within(1e-12));
        assertThat(Npy.read(gradient).shape()).containsExactly(2, ITEMS, WIDTH);
    }

    /** The mean of both cross-entropies of cosines divided by 0.5, by hand. */
    private static double clip(double[][] views) {
        double[][] scores = new double[ITEMS][ITEMS];
        for (int i = 0; i < ITEMS; i++) {
            for (int j = 0; j < ITEMS; j++) {
                double product = 0;
                double first = 0;
                double second = 0;
                for (int k = 0; k < WIDTH; k++) {
                    double x = views[0][i * WIDTH + k];
                    double y = views[1][j * WIDTH + k];
                    product += x * y;
                    first += x * x;
                    second += y * y;
                }
                scores[i][j] = product / Math.sqrt(first * second) / 0.5;
            }
        }
        double sum = 0;
        for (int i = 0; i < ITEMS; i++) {
            double row = 0;
            double column = 0;
            for (int j = 0; j < ITEMS; j++) {
                row += Math.exp(scores[i][j]);
                column += Math.exp(scores[j][i]);
            }
            sum += (Math.log(row) + Math.log(column)) / 2 - scores[i][i];
        }
        return sum / ITEMS;
    }

    static Stream<List<String>> refused() {
        return Stream.of(
                List.of("clip", "--views", "a.npy,absent.npy"),
                List.of("clip", "--views", "a.npy,short.npy"),
                List.of("moco", "--views", "a.npy,b.npy"),
                List.of("clip", "--views", "a.npy,b.npy", "--memory", "queue=a.npy"),
                List.of("w-mse", "--views", "short.npy,short.npy"),
                List.of("gist", "--views", "a.npy,b.npy"),
                List.of("kl-distillation", "--views", "a.npy,b.npy,b.npy"),
                List.of("sup-con", "--views", "a.npy,b.npy", "--labels", "a.npy"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_cannot_be_evaluated_is_one_sentence(List<String> told) {
        array("a.npy", 1);
        array("b.npy", 2);
        Npy.write(folder.resolve("short.npy"), new double[2 * WIDTH], 2, WIDTH);
        List<String> words = told.stream()
                .map(word -> word.replaceAll("(?<=^|[,=])(?=[a-z]+\\.npy)", folder + "/"))
                .toList();

        CommandRun run = CommandRun.of(
                Stream.concat(Stream.of("explain"), words.stream()).toArray(String[]::new));

        assertThat(run.exitCode()).isBetween(2, 3);
        assertThat(run.errors().lines()).hasSize(1);
        assertThat(run.errors()).startsWith("chiaro: ").doesNotContain("Exception");
    }

    @Test
    void of_many_candidates_the_first_are_shown_and_all_are_told_to_programs() {
        CommandRun shown = CommandRun.of("explain", "mochi");
        assertThat(shown.output()).contains("the first 16 of its 200 candidates");
        assertThat(shown.output().lines()).allMatch(line -> line.length() < 260);
        JsonObject document = Json.parse(
                "explain", CommandRun.of("explain", "mochi", "--json", "-").output());
        assertThat(document.objects("blocks").get(0).strings("relations").get(0))
                .hasSize(200);
        assertThat(CommandRun.of("explain", "nt-xent").output()).contains("p and q of its candidates, denominator");
    }

    @Test
    void recipes_are_found_by_what_stands_in_a_slot_and_by_what_data_hold() {
        assertThat(names("--slot", "weights=hardness"))
                .contains("hard-sup-con", "hard-moco")
                .doesNotContain("nt-xent");
        assertThat(names("--slot", "weights=hardness", "--slot", "supervision=same-label"))
                .containsExactly("hard-sup-con");
        assertThat(names("--given", "nothing"))
                .contains("nt-xent", "vicreg", "simcse")
                .doesNotContain("sup-con", "cosent", "triplet", "x-sample", "embedding-mse");
        assertThat(names("--given", "labels,guide"))
                .contains("sup-con", "x-sample")
                .doesNotContain("cosent");
        assertThat(CommandRun.of("recipes", "--slot", "wieghts=none").errors()).contains("Did you mean \"weights\"?");
        assertThat(CommandRun.of("recipes", "--given", "label").errors()).contains("Did you mean \"labels\"?");
        assertThat(CommandRun.of("recipes", "--slot", "hardness").errors()).contains("NAME=VALUE");
        assertThat(CommandRun.of("recipes", "--grid", "--given", "labels").errors())
                .contains("a filter");
    }

    private static List<String> names(String... filters) {
        List<String> arguments = new ArrayList<>(List.of("recipes", "--json", "-"));
        arguments.addAll(List.of(filters));
        return Json.parse(
                        "recipes",
                        CommandRun.of(arguments.toArray(String[]::new)).output())
                .objects("recipes")
                .stream()
                .map(recipe -> recipe.string("name"))
                .toList();
    }

    @Test
    void recipes_are_listed_and_found() {
        CommandRun run = CommandRun.of("recipes", "--find", "angular margin", "--json", "-");

        assertThat(Json.parse("recipes", run.output()).objects("recipes"))
                .extracting(found -> found.string("name"))
                .containsExactly("arcface");
        assertThat(CommandRun.of("recipes", "show", "simclr").output()).startsWith("nt-xent (also simclr)");
        assertThat(CommandRun.of("explain", "info-nce").output()).contains("  1  NPNN  p 0.00 1.00 0.00 0.00  q ");
        assertThat(CommandRun.of("explain", "cosent").output()).contains("  1  P  s ", "target 0.25");
        assertThat(CommandRun.of("explain", "vicreg").output()).contains("no table of p, q and denominators");
        assertThat(CommandRun.of("recipes", "show", "circle").output())
                .contains(
                        "kinds      supervision: same-item, same-label,",
                        "divergence circle\n  With gamma the scale, log(1 +");
    }

    private double loss(String recipe, String... more) {
        List<String> line = new ArrayList<>(List.of("explain", recipe, "--json", "-"));
        line.addAll(List.of(more));
        CommandRun run = CommandRun.of(line.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return Json.parse(recipe, run.output()).number("loss");
    }

    private String labels(String name, long... values) {
        Path file = folder.resolve(name);
        Npy.write(file, values, values.length);
        return file.toString();
    }

    @Test
    void labels_of_any_size_are_told_apart() {
        array("a.npy", 1);
        String small = labels("small.npy", 0, 1, 0, 2, 1, 2);
        String large = labels("large.npy", 1L << 40, 1L << 41, 1L << 40, 1L << 62, 1L << 41, 1L << 62);

        assertThat(loss("multi-similarity", "--views", files("a.npy"), "--labels", large))
                .isEqualTo(loss("multi-similarity", "--views", files("a.npy"), "--labels", small));
        CommandRun run =
                CommandRun.of("explain", "xbm-circle", "--views", files("a.npy"), "--labels", large, "--json", "-");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.errors()).contains("Number the classes");
    }

    @Test
    void labels_that_are_no_whole_numbers_are_refused() {
        array("a.npy", 1);
        for (double wrong : new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            Path file = folder.resolve("wrong.npy");
            Npy.write(file, new double[] {0, 1, 0, 1, wrong, 0}, ITEMS);
            CommandRun run =
                    CommandRun.of("explain", "sup-con", "--views", files("a.npy"), "--labels", file.toString());
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.errors()).contains("whole numbers");
        }
    }

    @Test
    void labels_of_a_queue_may_be_a_list() {
        array("a.npy", 1);
        array("q.npy", 2);
        Npy.write(folder.resolve("column.npy"), new double[] {0, 1, 0, 2, 1, 2}, ITEMS, 1);
        List<Double> losses = new ArrayList<>();
        for (String labels : List.of(
                labels("list.npy", 0, 1, 0, 2, 1, 2),
                folder.resolve("column.npy").toString())) {
            losses.add(loss(
                    "xbm-circle",
                    "--views",
                    files("a.npy"),
                    "--labels",
                    labels("y.npy", 0, 1, 2, 0, 1, 2),
                    "--memory",
                    "queue=" + folder.resolve("q.npy"),
                    "--memory",
                    "queue-labels=" + labels));
        }
        assertThat(losses.get(0)).isEqualTo(losses.get(1));
    }

    @ParameterizedTest
    @CsvSource({"nnclr, queue, 4", "swav, prototypes, 2", "proxy-anchor, classes, 1", "lejepa, slices, 2"})
    void a_memory_of_another_width_is_said_to_be_one(String recipe, String memory, int views) {
        Npy.write(folder.resolve("wrong.npy"), new double[30], 6, 5);
        String[] names =
                Stream.of("a.npy", "b.npy", "c.npy", "d.npy").limit(views).toArray(String[]::new);
        for (int v = 0; v < views; v++) {
            array(names[v], v);
        }
        CommandRun run = CommandRun.of(
                "explain",
                recipe,
                "--views",
                files(names),
                "--labels",
                labels("y.npy", 0, 1, 2, 0, 1, 2),
                "--memory",
                memory + "=" + folder.resolve("wrong.npy"));
        assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
        assertThat(run.errors()).contains(memory).contains("[6, 5]").doesNotContain("unexpected");
    }

    @Test
    void a_value_that_is_no_number_is_an_error() {
        Npy.write(folder.resolve("zero.npy"), new double[ITEMS * WIDTH], ITEMS, WIDTH);
        CommandRun run = CommandRun.of("explain", "frossl", "--views", files("zero.npy", "zero.npy"), "--json", "-");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.errors()).contains("NaN");
        assertThat(run.output()).isEmpty();
    }

    @Test
    void what_is_told_and_not_read_is_said() {
        array("a.npy", 1);
        array("b.npy", 2);
        CommandRun run = CommandRun.of(
                "explain",
                "nt-xent",
                "--views",
                files("a.npy", "b.npy"),
                "--labels",
                labels("y.npy", 0, 1, 2, 0, 1, 2));
        assertThat(run.exitCode()).isZero();
        assertThat(run.errors()).contains("reads no labels");
    }

    @Test
    void views_of_a_teacher_need_no_guide_beside_them() {
        for (int v = 0; v < 4; v++) {
            array("v" + v + ".npy", v);
        }
        assertThat(loss("distill-clip", "--views", files("v0.npy", "v1.npy", "v2.npy", "v3.npy")))
                .isPositive();
        assertThat(loss("cwcl", "--views", files("v0.npy", "v1.npy", "v2.npy"))).isPositive();
    }

    @Test
    void another_measure_is_not_held_to_the_reference_of_the_usual_one() {
        JsonObject document = Json.parse(
                "batch-hard-triplet",
                CommandRun.of("explain", "batch-hard-triplet", "--set", "similarity=cosine", "--json", "-")
                        .output());
        assertThat(document.string("reference")).isEqualTo("no-reference");
        assertThat(document.object("settings").string("similarity")).isEqualTo("cosine");
    }

    private String files(String... names) {
        return String.join(
                ",",
                Stream.of(names).map(name -> folder.resolve(name).toString()).toList());
    }

    private double[] array(String name, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        double[] values = random.doubles(ITEMS * WIDTH, -1, 1).toArray();
        Npy.write(folder.resolve(name), values, ITEMS, WIDTH);
        return values;
    }
}
