package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.core.metric.EmbeddingGeometry;
import io.chiaro.data.Npy;
import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.eval.diagnostics.HardnessProfile;
import io.chiaro.eval.diagnostics.NeighbourOverlap;
import io.chiaro.eval.diagnostics.NeuralCollapse;
import io.chiaro.eval.diagnostics.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectTest {

    private static final int ITEMS = 120;
    private static final int WIDTH = 6;

    @TempDir
    Path folder;

    @Test
    void arrays_of_ones_own_are_looked_at_in_every_way_that_needs_no_model() throws IOException {
        float[][] first = vectors("a.npy", 1);
        float[][] second = vectors("b.npy", 2);
        vectors("other.npy", 3);
        vectors("c.npy", 4);
        vectors("d.npy", 5);
        int[] coarse = labels("coarse.npy", 2);
        labels("fine.npy", 4);
        Path page = folder.resolve("report.html");

        CommandRun run = CommandRun.of(
                "inspect",
                "--views",
                files("a.npy", "b.npy"),
                "--labels",
                files("coarse.npy", "fine.npy"),
                "--other",
                files("other.npy"),
                "--seen",
                files("c.npy", "d.npy"),
                "--temperature",
                "0.1",
                "--out",
                page.toString(),
                "--json",
                "-");

        assertThat(run.exitCode()).as(run.errors()).isZero();
        JsonObject document = Json.parse("inspect", run.output());
        assertThat(document.number("alignment")).isCloseTo(EmbeddingGeometry.alignment(first, second), within(1e-9));
        assertThat(document.number("uniformity")).isCloseTo(EmbeddingGeometry.uniformity(first), within(1e-9));
        assertThat(document.number("effective-rank")).isCloseTo(EmbeddingGeometry.effectiveRank(first), within(1e-9));
        assertThat(document.number("tolerance"))
                .isCloseTo(Tolerance.of(first, coarse).within(), within(1e-9));
        assertThat(document.object("hardness").number("entropy"))
                .isCloseTo(HardnessProfile.of(first, second, new int[0], 0.1).entropy(), within(1e-9));
        assertThat(document.object("neural-collapse").number("nc1"))
                .isCloseTo(NeuralCollapse.of(first, coarse).withinToBetween(), within(1e-9));
        assertThat(document.object("neighbour-overlap").string("other")).endsWith("other.npy");
        assertThat(document.object("class-collapse").string("classes")).isEqualTo("coarse");
        assertThat(document.objects("label-probe")).hasSize(2);
        assertThat(document.object("protocol").integer("items")).isEqualTo(ITEMS);
        assertThat(document.object("left-out").keys())
                .containsExactlyInAnyOrder("layers", "sharpness", "eigenspace-alignment");
        Set<String> expected = new HashSet<>(Diagnostic.keys());
        expected.removeAll(Set.of("layers", "sharpness", "eigenspace-alignment"));
        assertThat(document.keys()).containsAll(expected);
        assertThat(run.errors()).contains("alignment", "left out: layers");
        String html = Files.readString(page);
        assertThat(html)
                .contains("Scores of positives and negatives", "Singular spectrum", "Gradient by hardness")
                .contains("Augmentation concentration", "Overlap of neighbourhoods", "Left out", "coarse.npy")
                .doesNotContain("NaN", "<script", "http");
        assertThat(html.split("<svg viewBox=\"0 0 560", -1).length - 1).isGreaterThanOrEqualTo(11);
    }

    @Test
    void one_view_alone_says_what_it_lacks() {
        float[][] first = vectors("a.npy", 1);

        CommandRun run = CommandRun.of("inspect", folder.resolve("a.npy").toString(), "--json", "-");

        assertThat(run.exitCode()).as(run.errors()).isZero();
        JsonObject document = Json.parse("inspect", run.output());
        JsonObject leftOut = document.object("left-out");
        assertThat(leftOut.string("alignment")).isEqualTo("needs pairs, or a second view");
        assertThat(leftOut.string("tolerance")).isEqualTo("needs labels");
        assertThat(leftOut.string("layers")).isEqualTo("vectors have no layers and no weights");
        assertThat(document.keys()).contains("hardness", "spectrum", "isotropy").doesNotContain("scores");
        assertThat(document.number("uniformity")).isCloseTo(EmbeddingGeometry.uniformity(first), within(1e-9));
    }

    @Test
    void labels_that_put_no_two_items_together_or_all_of_them_say_so() {
        vectors("a.npy", 1);
        long[] own = new long[ITEMS];
        long[] same = new long[ITEMS];
        for (int i = 0; i < ITEMS; i++) {
            own[i] = i;
        }
        Npy.write(folder.resolve("own.npy"), own, ITEMS);
        Npy.write(folder.resolve("same.npy"), same, ITEMS);

        JsonObject alone = Json.parse(
                "inspect",
                CommandRun.of("inspect", "--views", files("a.npy"), "--labels", files("own.npy"), "--json", "-")
                        .output());
        JsonObject one = Json.parse(
                "inspect",
                CommandRun.of("inspect", "--views", files("a.npy"), "--labels", files("same.npy"), "--json", "-")
                        .output());

        // Without two items of a class there is no positive, and the figures say so instead of failing.
        assertThat(alone.number("tolerance")).isNaN();
        assertThat(alone.object("scores").number("auc")).isNaN();
        assertThat(one.object("left-out").string("label-probe")).isEqualTo("all items have one label");
        assertThat(one.object("left-out").string("tolerance")).isEqualTo("all items have one label");
    }

    @Test
    void the_seed_draws_the_rows_and_the_same_seed_the_same() {
        vectors("a.npy", 1);
        String file = folder.resolve("a.npy").toString();

        String once =
                CommandRun.of("inspect", file, "--rows", "40", "--json", "-").output();
        String again =
                CommandRun.of("inspect", file, "--rows", "40", "--json", "-").output();
        String other = CommandRun.of("inspect", file, "--rows", "40", "--seed", "7", "--json", "-")
                .output();

        assertThat(again).isEqualTo(once);
        assertThat(Json.parse("inspect", once).object("protocol").integer("items"))
                .isEqualTo(40);
        assertThat(Json.parse("inspect", other).number("uniformity"))
                .isNotEqualTo(Json.parse("inspect", once).number("uniformity"));
    }

    @Test
    void pairs_of_texts_are_embedded_and_the_model_is_looked_into() throws IOException {
        List<String> lines = new ArrayList<>();
        String[] things = {"cat", "river", "engine", "bread", "violin", "mountain", "lawyer", "storm"};
        for (String thing : things) {
            lines.add("{\"anchor\": \"a small " + thing + "\", \"positive\": \"one little " + thing + "\"}");
        }
        lines.add(lines.get(0));
        Path data = folder.resolve("pairs.jsonl");
        Files.write(data, lines);
        Path page = folder.resolve("report.html");

        CommandRun run = CommandRun.of(
                "inspect",
                "all-MiniLM-L6-v2",
                "--data",
                data.toString(),
                "--other",
                "bge-small-en-v1.5",
                "--out",
                page.toString(),
                "--json",
                "-");

        assertThat(run.exitCode()).as(run.errors()).isZero();
        JsonObject document = Json.parse("inspect", run.output());
        assertThat(document.string("kind")).isEqualTo("embedded model");
        // The line that stands twice is taken once.
        assertThat(document.object("protocol").integer("items")).isEqualTo(8);
        assertThat(document.object("scores").number("auc")).isGreaterThan(0.95);
        List<JsonObject> layers = document.object("layers").objects("layers");
        assertThat(layers).hasSize(7);
        assertThat(layers.get(6).number("accuracy")).isEqualTo(1);
        List<JsonObject> steps = document.object("sharpness").objects("steps");
        assertThat(steps).hasSize(3);
        assertThat(steps.get(2).number("along-gradient"))
                .isGreaterThan(steps.get(0).number("along-gradient"));
        assertThat(document.object("left-out").keys())
                .contains("tolerance", "neural-collapse", "generalization-gap")
                .doesNotContain("layers", "sharpness", "neighbour-overlap");
        assertThat(Files.readString(page)).contains("Probe of each layer", "Rise of the loss");
    }

    @Test
    void a_linear_predictor_is_compared_with_the_directions_of_its_inputs() throws IOException {
        float[][] inputs = vectors("inputs.npy", 6);
        double[] matrix = new double[WIDTH * WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            matrix[i * WIDTH + i] = 2;
        }
        Npy.write(folder.resolve("predictor.npy"), matrix, WIDTH, WIDTH);
        Path page = folder.resolve("predictor.html");
        CommandRun run = CommandRun.of(
                "inspect",
                "--views",
                files("inputs.npy"),
                "--predictor",
                files("predictor.npy"),
                "--out",
                page.toString(),
                "--json",
                "-");
        assertThat(run.exitCode()).as(run.errors()).isZero();
        JsonObject found = Json.parse("inspect", run.output()).object("eigenspace-alignment");
        assertThat(found.numbers("cosines")).hasSize(WIDTH).allMatch(cosine -> cosine > 1 - 1e-9);
        assertThat(found.numbers("gains")).allMatch(gain -> Math.abs(gain - 2) < 1e-6);
        assertThat(found.number("weighted")).isCloseTo(1, within(1e-9));
        assertThat(found.numbers("eigenvalues").get(0)).isEqualTo(1);
        assertThat(Files.readString(page)).contains("Alignment of eigenspaces");
        assertThat(inputs).hasDimensions(ITEMS, WIDTH);
        CommandRun narrow =
                CommandRun.of("inspect", "--views", files("inputs.npy"), "--predictor", files("inputs.npy"));
        assertThat(narrow.exitCode()).isEqualTo(3);
        assertThat(narrow.errors()).contains("[6, 6]");
    }

    @Test
    void the_overlap_with_another_space_is_that_of_the_library() {
        float[][] first = vectors("a.npy", 1);
        float[][] other = vectors("other.npy", 3);

        CommandRun run = CommandRun.of(
                "inspect", folder.resolve("a.npy").toString(), "--other", files("other.npy"), "--json", "-");

        assertThat(Json.parse("inspect", run.output())
                        .object("neighbour-overlap")
                        .numbers("overlap"))
                .element(3)
                .isEqualTo(NeighbourOverlap.of(first, other, 10).overlap());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inspect",
                "inspect all-MiniLM-L6-v2 --views a.npy",
                "inspect all-MiniLM-L6-v2 --out report.html",
                "inspect all-MiniLM-L6-v2 --rows 10",
                "inspect all-MiniLM-L6-v2 --seen a.jsonl",
                "inspect all-MiniLM-L6-v2 --labels y.npy",
                "inspect --views a.npy --data pairs.jsonl",
                "inspect --views a.npy --rows 1",
                "inspect --views a.npy --rows 5000",
                "inspect --views a.npy --temperature 0",
                "inspect --views a.npy --seen b.npy",
                "inspect --views a.npy --roles anchor=a"
            })
    void what_does_not_go_together_is_refused(String line) {
        CommandRun run = CommandRun.of(line.split(" ", -1));

        assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
        assertThat(run.errors()).contains("expected");
    }

    @Test
    void arrays_that_do_not_fit_are_refused_with_their_shapes() {
        vectors("a.npy", 1);
        Npy.write(folder.resolve("short.npy"), new float[4 * WIDTH], 4, WIDTH);
        Npy.write(folder.resolve("halves.npy"), new double[] {0.5, 1}, 2);
        Npy.write(folder.resolve("two.npy"), new float[] {1, 0, 0, 1}, 2, 2);
        Npy.write(folder.resolve("broken.npy"), new float[] {1, Float.NaN, 0, 1}, 2, 2);

        assertThat(CommandRun.of("inspect", "--views", files("a.npy", "short.npy"))
                        .errors())
                .contains("expected the shape [120, 6] of the first view, but found [4, 6]");
        assertThat(CommandRun.of("inspect", "--views", files("two.npy"), "--labels", files("halves.npy"))
                        .errors())
                .contains("expected whole numbers as labels, but found 0.5 in row 0");
        assertThat(CommandRun.of("inspect", "--views", files("broken.npy")).errors())
                .contains("but found NaN in row 0");
        assertThat(CommandRun.of("inspect", "--views", files("a.npy"), "--other", files("two.npy"))
                        .exitCode())
                .isEqualTo(3);
    }

    /** Two clusters around opposite corners, so that labels modulo 2 mean something; written as float64. */
    private float[][] vectors(String name, long seed) {
        RandomStream random = RandomStream.of(seed, "vectors");
        float[][] rows = new float[ITEMS][WIDTH];
        double[] all = new double[ITEMS * WIDTH];
        for (int i = 0; i < ITEMS; i++) {
            for (int k = 0; k < WIDTH; k++) {
                rows[i][k] = (float) (random.nextGaussian() + (i % 2 == 0 ? 1 : -1));
                all[i * WIDTH + k] = rows[i][k];
            }
        }
        Npy.write(folder.resolve(name), all, ITEMS, WIDTH);
        return rows;
    }

    private int[] labels(String name, int classes) {
        long[] all = new long[ITEMS];
        int[] labels = new int[ITEMS];
        for (int i = 0; i < ITEMS; i++) {
            labels[i] = i % classes;
            all[i] = labels[i];
        }
        Npy.write(folder.resolve(name), all, ITEMS);
        return labels;
    }

    private String files(String... names) {
        List<String> files = new ArrayList<>();
        for (String name : names) {
            files.add(folder.resolve(name).toString());
        }
        return String.join(",", files);
    }
}
