package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.RunFile;
import io.chiaro.core.Safetensors;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class PictureTrainingTest {

    private static final PictureTraining.Options PLAIN = PictureTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Sixty drawn pictures, in a folder for each class. */
    @BeforeEach
    void draw() {
        Pictures drawn = Shapes.draw(60, 1);
        PictureSize size = drawn.size();
        for (int i = 0; i < drawn.count(); i++) {
            BufferedImage image = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
            byte[] pixels = drawn.pixels(i);
            for (int at = 0; at < size.area(); at++) {
                int colour =
                        (pixels[3 * at] & 0xFF) << 16 | (pixels[3 * at + 1] & 0xFF) << 8 | pixels[3 * at + 2] & 0xFF;
                image.setRGB(at % size.width(), at / size.width(), colour);
            }
            Path of = folder.resolve("shapes").resolve(drawn.labelNames().get(drawn.label(i)));
            try {
                Files.createDirectories(of);
                ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private RunFile run(String name, String recipe, Map<String, String> set) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", folder.resolve("shapes").toString())));
        told.put("base", "fresh:tiny");
        told.put("recipe", recipe);
        told.put("set", set);
        told.put("out", folder.resolve(name).toString());
        told.put("steps", 8);
        told.put("batch", 12);
        told.put("checkpoint-steps", 3);
        told.put("learning-rate", 1e-3);
        told.put("threads", 2);
        return RunFile.defaults().with("test", told);
    }

    private static Map<String, String> set(String written) {
        Map<String, String> set = new LinkedHashMap<>();
        for (String part : written.split(" ", -1)) {
            int at = part.indexOf('=');
            if (at > 0) {
                set.put(part.substring(0, at), part.substring(at + 1));
            }
        }
        return set;
    }

    @ParameterizedTest
    @CsvSource({
        "nt-xent, ''",
        "nt-xent, 'batches=clusters-apart group=20'",
        "kernel-prior-uniformity, guide=autoencoder",
        "kernel-prior-uniformity, 'guide=labels chunk-pictures=5'",
        "gist, guide=labels",
        "sup-con, head=none",
        "byol, 'head=32-16 predictor=direct momentum=0.9:1'",
        "moco, 'queue=32 chunk-pictures=5'",
        "swav, prototypes=8",
        "swav, 'prototypes=8 views=4 augmentation=multi-crop'",
        "dino, 'views=5 augmentation=multi-crop head=32-16 chunk-pictures=7'",
        "smog, 'prototypes=8 momentum=0.9'",
        "nt-xent, 'temperature=0.1:1,periods=2'",
        "nt-xent, 'heads=2 head=2x32-8'",
        "amcl, 'heads=3 head=3x32-8'",
        "hydra, ''",
        "sup-con, 'batches=bound head=32-8,last-activation=relu'",
        "vicreg, 'head=32-8,last-norm=whitening'",
        "nt-xent, 'head=reweighting,decay=0.9'",
        "sogclr, average=0.9",
        "nt-xent, 'also=koleo,vicreg also-weights=0.1,0.5 temperature=0.2 vicreg.variance=5'",
        "sup-con, 'also=nt-xent combine=uncertainty'",
        "mixed-barlow-twins, 'chunk-pictures=7 weight=10'",
        "hallucinator, queue=32",
        "core-tuning, head=none",
        "mv-dhel, 'views=3 sharpness-radius=0.05'",
        "nt-xent, encoder=frozen",
        "nt-xent, 'lora=2 lora-alpha=3 average=0.8'",
        "moco, 'lora=3 queue=32 momentum=0.8:1 chunk-pictures=5'",
        "sup-con, soft-prompt=3",
        "nt-xent, 'soft-prompt=2 encoder=trained'",
        "byol, 'soft-prompt=2 lora=2 momentum=0.9'",
        "moco, 'queue=32 stem-padding=2'",
        "byol, 'head-batch=fused chunk-pictures=5'"
    })
    void a_run_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit(String recipe, String written) {
        train(run("straight", recipe, set(written)));

        stopAndResume(run("resumed", recipe, set(written)), 5);

        assertThat(weights("resumed")).isEqualTo(weights("straight"));
    }

    @Test
    void a_schedule_of_equal_ends_is_a_fixed_temperature_and_another_is_not() {
        train(run("fixed", "nt-xent", set("temperature=0.3")));
        train(run("equal", "nt-xent", set("temperature=0.3:0.3")));
        train(run("scheduled", "nt-xent", set("temperature=0.3:0.9")));

        assertThat(weights("equal")).isEqualTo(weights("fixed"));
        assertThat(weights("scheduled")).isNotEqualTo(weights("fixed"));
    }

    @Test
    void views_through_a_head_as_one_batch_teach_something_else() {
        train(run("usual", "nt-xent", Map.of()));
        train(run("apart", "nt-xent", set("head-batch=apart")));
        train(run("fused", "nt-xent", set("head-batch=fused")));
        train(run("three", "mv-dhel", set("views=3 head-batch=fused")));

        assertThat(weights("apart")).isEqualTo(weights("usual"));
        assertThat(weights("fused")).isNotEqualTo(weights("usual"));
        try (PictureTraining training = PictureTraining.start(run("said", "nt-xent", set("head-batch=fused")), PLAIN)) {
            assertThat(training.describe()).anyMatch(line -> line.contains("all views as one batch"));
        }
    }

    private static void train(RunFile run) {
        try (PictureTraining training = PictureTraining.start(run, PLAIN)) {
            assertThat(training.run()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
    }

    private static void stopAndResume(RunFile run, long stopAt) {
        List<Runnable> stop = new ArrayList<>();
        PictureTraining.Options stopping = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == stopAt) {
                stop.forEach(Runnable::run);
            }
        }));
        try (PictureTraining training = PictureTraining.start(run, stopping)) {
            stop.add(training::requestStop);
            assertThat(training.run()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (PictureTraining training = PictureTraining.resume(Path.of(run.out().orElseThrow()), PLAIN)) {
            assertThat(training.run()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
    }

    private byte[] weights(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name).resolve("model/model.safetensors"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_model_is_read_again_without_its_head_and_trained_on() {
        train(run("first", "nt-xent", Map.of()));
        Path model = folder.resolve("first/model");
        try (Safetensors stored = Safetensors.open(model.resolve("model.safetensors"))) {
            assertThat(stored.names()).isNotEmpty().noneMatch(name -> name.startsWith("head."));
        }

        train(run("second", "sup-con", Map.of()).with("test", Map.of("base", model.toString())));

        assertThat(weights("second")).isNotEqualTo(weights("first"));
    }

    @Test
    void a_padded_stem_is_kept_with_the_model_and_trained_on() {
        train(run("usual", "nt-xent", Map.of()));
        train(run("same", "nt-xent", Map.of("stem-padding", "1")));
        train(run("padded", "nt-xent", Map.of("stem-padding", "2")));
        assertThat(weights("same")).isEqualTo(weights("usual"));
        assertThat(weights("padded")).isNotEqualTo(weights("usual"));

        Path model = folder.resolve("padded/model");
        RunFile further = run("further", "nt-xent", Map.of()).with("test", Map.of("base", model.toString()));
        train(further);
        assertThat(PictureModel.config(folder.resolve("further/model"))).isEqualTo(PictureModel.config(model));
        assertThat(PictureModel.config(model)).isNotEqualTo(PictureModel.config(folder.resolve("usual/model")));

        RunFile told =
                run("told", "nt-xent", Map.of("stem-padding", "2")).with("test", Map.of("base", model.toString()));
        assertThatThrownBy(() -> PictureTraining.start(told, PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set stem-padding: belongs to a fresh net");
    }

    @Test
    void an_epoch_of_accumulated_batches_has_fewer_steps() {
        Map<String, Object> epochs = new LinkedHashMap<>(Map.of("epochs", 3, "accumulate", 4));
        RunFile plain = run("epochs", "nt-xent", Map.of());
        long batches;
        try (PictureTraining training = PictureTraining.start(withoutSteps(plain, Map.of("epochs", 3)), PLAIN)) {
            batches = training.steps();
        }
        RunFile accumulated = withoutSteps(run("accumulated", "nt-xent", Map.of()), epochs);
        try (PictureTraining training = PictureTraining.start(accumulated, PLAIN)) {
            assertThat(training.steps()).isEqualTo((batches + 3) / 4);
        }
    }

    private static RunFile withoutSteps(RunFile run, Map<String, Object> told) {
        Map<String, Object> before = Json.parse("run", Json.text(run)).toMap();
        Map<String, Object> all = new LinkedHashMap<>(told);
        for (String key : List.of("data", "base", "recipe", "out", "batch")) {
            all.put(key, Objects.requireNonNull(before.get(key)));
        }
        return RunFile.defaults().with("test", all);
    }

    @Test
    void an_objective_beside_another_changes_what_is_learned_by_its_weight() {
        train(run("alone", "nt-xent", Map.of()));
        train(run("beside", "nt-xent", set("also=vicreg")));
        train(run("heavier", "nt-xent", set("also=vicreg also-weights=3")));
        train(run("negligible", "nt-xent", set("also=vicreg also-weights=1e-40")));

        assertThat(weights("beside")).isNotEqualTo(weights("alone")).isNotEqualTo(weights("heavier"));
        assertThat(weights("negligible")).isEqualTo(weights("alone"));
    }

    @Test
    void what_pictures_cannot_give_a_recipe_is_said_before_the_first_step() {
        assertFails("cosent", Map.of(), "needs scores");
        assertFails("gist", Map.of(), "guide");
        assertFails("nt-xent", Map.of("guide", "autoencoder"), "no use for a guide");
        assertFails("kernel-prior-uniformity", Map.of("guide", "label"), "labels");
        assertFails("nt-xent", Map.of("queue", "9"), "reads no queue");
        assertFails("nt-xent", Map.of("momentum", "0.9"), "no moving average");
        assertFails("byol", Map.of("views", "3"), "set views");
        assertFails("nt-xent", Map.of("augmentation", "simetric"), "symmetric");
        assertFails("nt-xent", Map.of("batches", "clusters"), "clusters-apart");
        assertFails("vicregl", Map.of("head", "none"), "patches of pictures, which no run makes");
        assertFails("pmsn-custom", Map.of(), "which no run keeps");
        assertFails("embed-distill", Map.of(), "the vectors of a teacher, which no run makes");
        assertFails("prom-cse", Map.of(), "needs negatives that the data name");
        assertFails("nt-xent", Map.of("chunk-pictures", "0"), "set chunk-pictures");
        assertFails("nt-xent", Map.of("head-batch", "fussed"), "fused");
        assertFails("nt-xent", Map.of("head-batch", "fused", "head", "none"), "set head-batch: has no effect");
        assertFails("nt-xent", Map.of("head-batch", "fused", "head", "32-8,norm=layer"), "set head-batch");
        assertFails("moco", Map.of("head-batch", "fused"), "that two views pass through");
        assertFails("nt-xent", Map.of("stem-padding", "3"), "set stem-padding: expected 1 or 2");
        assertFails("nt-xent", Map.of("tempratur", "1"), "temperature");
        assertFails("nt-xent", Map.of("also", "cosent"), "needs scores");
        assertFails("nt-xent", Map.of("also", "koleo", "combine", "pcgrd"), "pcgrad");
        assertFails("nt-xent", Map.of("also-weights", "1"), "without set also");
        assertFails("nt-xent", Map.of("lora", "28"), "set lora: expected a whole number from 1 to 27");
        assertFails("nt-xent", Map.of("lora", "2", "lora-on", "residual"), "stage");
        assertFails("nt-xent", Map.of("lora-on", "stage"), "without set lora");
        assertFails("nt-xent", Map.of("lora", "2", "encoder", "trained"), "stand still beside set lora");
        assertFails("nt-xent", Map.of("soft-prompt", "8"), "set soft-prompt: expected a whole number from 1 to 7");
        assertFails("nt-xent", Map.of("encoder", "frozen", "head", "none"), "learns nothing");
        assertFails("moco", Map.of("encoder", "frozen"), "an encoder that stands still");
        assertThatThrownBy(() -> PictureTraining.start(
                        run("out", "nt-xent", Map.of()).with("test", Map.of("base", "fresh:tyni")), PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("tiny");
    }

    private void assertFails(String recipe, Map<String, String> set, String part) {
        assertThatThrownBy(() -> PictureTraining.start(run("out", recipe, set), PLAIN))
                .as(recipe + " " + set)
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(part);
        assertThat(folder.resolve("out/run.json")).doesNotExist();
    }
}
