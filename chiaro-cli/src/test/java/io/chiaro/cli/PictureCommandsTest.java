package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.data.Npy;
import io.chiaro.vision.PictureFiles;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands take pictures where they take texts. */
class PictureCommandsTest {

    private static final int PICTURES = 80;
    private static final List<Color> COLOURS = List.of(Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW);

    @TempDir
    Path folder;

    private Path pictures;

    /** A coloured square on a noisy ground; its colour is its class. */
    @BeforeEach
    void draw() throws IOException {
        pictures = folder.resolve("squares");
        for (int i = 0; i < PICTURES; i++) {
            RandomStream random = RandomStream.of(1, "square", i);
            BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
            int left = random.nextInt(10);
            int top = random.nextInt(10);
            for (int y = 0; y < 16; y++) {
                for (int x = 0; x < 16; x++) {
                    boolean inside = x >= left && x < left + 6 && y >= top && y < top + 6;
                    int grey = 60 + random.nextInt(60);
                    image.setRGB(x, y, inside ? COLOURS.get(i % 4).getRGB() : new Color(grey, grey, grey).getRGB());
                }
            }
            Path of = pictures.resolve("class-" + i % 4);
            Files.createDirectories(of);
            ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
        }
    }

    private static CommandRun run(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return run;
    }

    /** A run of two steps. */
    private void fit(String name) {
        String out = folder.resolve(name).toString();
        run("fit", "--data", pictures.toString(), "--steps", "2", "--batch", "16", "--out", out);
    }

    @Test
    void pictures_are_learned_from_judged_and_embedded() {
        String data = pictures.toString();
        String out = folder.resolve("run").toString();
        String model = folder.resolve("run/model").toString();
        run(
                "fit",
                "--data",
                data,
                "--recipe",
                "sup-con",
                "--set",
                "augmentation=flip",
                "--steps",
                "4",
                "--batch",
                "16",
                "--eval",
                "classify:" + data,
                "--out",
                out);
        assertThat(folder.resolve("run/report.html")).exists();

        JsonObject judged = Json.parse(
                "eval",
                run("eval", "--model", model, "--task", "classify", "--data", data, "--json", "-")
                        .output());
        assertThat(judged.number("accuracy")).isBetween(0.25, 1.0);
        assertThat(judged.number("knn-accuracy")).isBetween(0.0, 1.0);
        assertThat(judged.object("protocol").string("task")).isEqualTo("classify");

        JsonObject pixels = Json.parse(
                "eval",
                run("eval", "--baseline", "pixels", "--task", "classify", "--data", data, "--json", "-")
                        .output());
        assertThat(pixels.has("accuracy")).isTrue();
        assertThat(knn(pixels)).isEqualTo("majority of the 20 nearest by cosine");
        assertThat(knn(voted(data, "exponential,k=20,temperature=0.07")))
                .isEqualTo("votes of the 20 nearest by cosine, each exp(cosine / 0.07)");
        assertThat(knn(voted(data, "inverse-distance")))
                .isEqualTo("votes of the 20 nearest by euclidean distance, each 1 / (distance + 1e-5)");

        Path vectors = folder.resolve("vectors.npy");
        run("embed", "--model", model, "--in", data, "--out", vectors.toString(), "--format", "npy");
        assertThat(Npy.read(vectors).shape()).containsExactly(PICTURES, 128);

        // A finished run goes on to where it is.
        run("resume", out);
    }

    private static JsonObject voted(String data, String vote) {
        return Json.parse(
                "eval",
                run(
                                "eval",
                                "--baseline",
                                "pixels",
                                "--task",
                                "classify",
                                "--data",
                                data,
                                "--neighbours",
                                vote,
                                "--json",
                                "-")
                        .output());
    }

    /** How a result says that neighbours voted. */
    private static String knn(JsonObject result) {
        return result.object("protocol").object("metrics").string("knn-accuracy");
    }

    @Test
    void two_recipes_are_compared_on_pictures_beside_a_net_that_knows_nothing() {
        JsonObject compared = Json.parse(
                "compare",
                run(
                                "compare",
                                "nt-xent",
                                "sup-con",
                                "--data",
                                pictures.toString(),
                                "--steps",
                                "2",
                                "--batch",
                                "16",
                                "--seeds",
                                "2",
                                "--out",
                                folder.resolve("compared").toString(),
                                "--json",
                                "-")
                        .output());
        assertThat(compared.string("metric")).isEqualTo("knn-accuracy");
        assertThat(compared.number("base")).isBetween(0.0, 1.0);
        assertThat(compared.object("a").numbers("values")).hasSize(2);
    }

    @Test
    void pictures_that_repeat_others_are_left_out_and_the_rest_can_be_learned_from() throws IOException {
        // Each of the pictures of a class once more, as another file.
        for (int i = 0; i < PICTURES; i += 4) {
            Path of = pictures.resolve("class-0");
            Files.copy(of.resolve(i + ".png"), of.resolve("again-" + i + ".png"));
        }
        Path fewer = folder.resolve("fewer");
        JsonObject reduced = Json.parse(
                "reduce",
                run(
                                "data",
                                "reduce",
                                pictures.toString(),
                                "--by",
                                "structural-similarity",
                                "--threshold",
                                "0.999",
                                "--out",
                                fewer.toString(),
                                "--json",
                                "-")
                        .output());
        assertThat(reduced.integer("items")).isEqualTo(PICTURES + 20);
        assertThat(reduced.integer("dropped")).isEqualTo(20);
        assertThat(reduced.objects("drops")).allMatch(drop -> drop.number("measure") > 0.999 && drop.has("like"));
        assertThat(PictureFiles.read(fewer, PictureFiles.Options.defaults()).count())
                .isEqualTo(PICTURES);
        CommandRun again = CommandRun.of("data", "reduce", pictures.toString(), "--out", fewer.toString());
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.errors()).contains("empty folder");
        CommandRun wrong = CommandRun.of("data", "reduce", pictures.toString(), "--by", "diference-hash");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.errors()).contains("difference-hash");
        assertThat(CommandRun.of("data", "reduce", pictures.toString(), "--by", "entropy", "--window", "3")
                        .errors())
                .contains("no effect");
    }

    @Test
    void a_run_with_a_linear_predictor_leaves_what_inspect_compares() {
        run(
                "fit",
                "--data",
                pictures.toString(),
                "--recipe",
                "byol",
                "--set",
                "augmentation=flip",
                "--set",
                "predictor=direct",
                "--set",
                "head=none",
                "--steps",
                "3",
                "--batch",
                "16",
                "--out",
                folder.resolve("run").toString());
        JsonObject found = Json.parse(
                "inspect",
                run(
                                "inspect",
                                "--views",
                                folder.resolve("run/predictor-inputs.npy").toString(),
                                "--predictor",
                                folder.resolve("run/predictor.npy").toString(),
                                "--json",
                                "-")
                        .output());
        // It is made of the eigenvectors of the running correlation of augmented inputs, these are plain pictures.
        assertThat(found.object("eigenspace-alignment").number("weighted")).isBetween(0.8, 1.0);
    }

    @Test
    void a_border_and_low_rank_updates_are_learned_and_used_by_every_command() throws IOException {
        String data = pictures.toString();
        String base = folder.resolve("base/model").toString();
        String out = folder.resolve("tuned").toString();
        fit("base");
        run(
                "fit",
                "--data",
                data,
                "--base",
                base,
                "--recipe",
                "sup-con",
                "--set",
                "soft-prompt=2",
                "--set",
                "lora=2",
                "--learning-rate",
                "0.05",
                "--steps",
                "3",
                "--batch",
                "16",
                "--out",
                out);
        String model = folder.resolve("tuned/model").toString();
        JsonObject told =
                Json.parse("inspect", run("inspect", model, "--json", "-").output());
        assertThat(told.string("kind")).isEqualTo("picture model");
        assertThat(told.object("border").integer("border")).isEqualTo(2);
        assertThat(Json.parse("inspect", run("inspect", base, "--json", "-").output())
                        .has("border"))
                .isFalse();

        // Larger pictures are brought to the size of the border; without one they stay as they are.
        Path larger = folder.resolve("larger");
        for (int i = 0; i < 4; i++) {
            BufferedImage image = new BufferedImage(20, 24, BufferedImage.TYPE_INT_RGB);
            image.setRGB(i, 3, Color.RED.getRGB());
            Files.createDirectories(larger);
            ImageIO.write(image, "png", larger.resolve(i + ".png").toFile());
        }
        for (String in : List.of(data, larger.toString())) {
            float[][] vectors = new float[2][];
            for (int k = 0; k < 2; k++) {
                Path file = folder.resolve("vectors-" + k + ".npy");
                run("embed", "--model", k == 0 ? base : model, "--in", in, "--out", file.toString(), "--format", "npy");
                vectors[k] = Npy.read(file).floats();
            }
            assertThat(vectors[1]).hasSameSizeAs(vectors[0]).isNotEqualTo(vectors[0]);
        }
        JsonObject judged = Json.parse(
                "eval",
                run("eval", "--model", model, "--task", "classify", "--data", data, "--json", "-")
                        .output());
        assertThat(judged.number("accuracy")).isBetween(0.0, 1.0);
        JsonObject found = Json.parse(
                "inspect",
                run("inspect", model, "--data", data, "--rows", "40", "--json", "-")
                        .output());
        assertThat(found.object("protocol").integer("items")).isEqualTo(40);
        assertThat(found.object("protocol").string("model-hash")).isEqualTo(told.string("hash"));
        String exported = folder.resolve("exported").toString();
        assertThat(run("export", "--model", model, "--out", exported).errors()).contains("ONNX Runtime agrees");
        assertThat(folder.resolve("exported/onnx/model.onnx")).exists();
        assertThat(Json.parse("inspect", run("inspect", exported, "--json", "-").output())
                        .string("hash"))
                .isEqualTo(told.string("hash"));
        CommandRun roles = CommandRun.of("inspect", model, "--data", data, "--roles", "anchor=a");
        assertThat(roles.exitCode()).isEqualTo(2);
        assertThat(roles.errors()).contains("--roles");
    }

    @Test
    void pictures_and_their_views_are_looked_at_in_every_way() {
        String data = pictures.toString();
        fit("run");
        String model = folder.resolve("run/model").toString();
        Path page = folder.resolve("report.html");

        JsonObject found = Json.parse(
                "inspect",
                run(
                                "inspect",
                                model,
                                "--data",
                                data,
                                "--seen",
                                data,
                                "--other",
                                model,
                                "--out",
                                page.toString(),
                                "--json",
                                "-")
                        .output());

        assertThat(found.keys())
                .contains(
                        "alignment",
                        "scores",
                        "modality-gap",
                        "updates",
                        "neural-collapse",
                        "concentration",
                        "generalization-gap",
                        "layers",
                        "sharpness",
                        "neighbour-overlap");
        assertThat(found.object("protocol").string("augmentation")).isEqualTo("symmetric");
        assertThat(found.object("layers").string("probe")).isEqualTo("labels");
        assertThat(found.object("layers").objects("layers"))
                .extracting(layer -> layer.integer("layer"))
                .containsExactly(1, 2, 3);
        // The same pictures of the same model, and the same pairs.
        assertThat(found.object("neighbour-overlap").numbers("overlap")).containsOnly(1.0);
        assertThat(page).content().contains("Layers", "Around the weights");

        JsonObject plain = Json.parse(
                "inspect",
                run("inspect", model, "--data", data, "--augmentation", "none", "--json", "-")
                        .output());
        assertThat(plain.keys()).contains("layers").doesNotContain("alignment", "concentration", "sharpness");
        assertThat(plain.number("uniformity")).isEqualTo(found.number("uniformity"));
    }

    @Test
    void what_belongs_to_texts_is_refused_for_pictures() {
        CommandRun run =
                CommandRun.of("eval", "--baseline", "pixels", "--task", "retrieval", "--data", pictures.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("classify");
        run = CommandRun.of(
                "eval",
                "--baseline",
                "bm25",
                "--task",
                "retrieval",
                "--data",
                pictures.toString(),
                "--neighbours",
                "exponential");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("--neighbours: belongs to --task classify");
        run = CommandRun.of("compare", "nt-xent", "dcl", "--data", pictures.toString(), "--roles", "anchor=a");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("no roles");
    }
}
