package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Public sets of pictures, where a folder of them is at hand. */
class SharedPicturesTest {

    private static Path data(String name) {
        String environment = System.getenv("CHIARO_DATA");
        String root = System.getProperty("chiaro.data", environment == null ? "" : environment);
        Assumptions.assumeTrue(!root.isEmpty(), "skipped: set -Dchiaro.data=FOLDER to the folder of the data sets");
        Path path = Path.of(root).resolve(name);
        Assumptions.assumeTrue(Files.isDirectory(path), "skipped: set -Dchiaro.data to a folder that holds " + name);
        return path;
    }

    private static long[] counts(Pictures pictures) {
        long[] counts = new long[pictures.labelNames().size()];
        Arrays.stream(pictures.labels()).forEach(label -> counts[label]++);
        return counts;
    }

    private static Pictures read(String folder, String file, PictureFiles.Options options) {
        return PictureFiles.read(data(folder).resolve(file), options);
    }

    @Test
    void mnist_is_read_with_its_counts() {
        Pictures digits = read("mnist_t10k", "t10k-images-idx3-ubyte.gz", PictureFiles.Options.defaults());
        assertThat(digits.count()).isEqualTo(10_000);
        assertThat(digits.size()).isEqualTo(new PictureSize(28, 28, 1));
        assertThat(counts(digits)).hasSize(10).contains(892, 1135);
        // The digits of the test set begin with these.
        assertThat(Arrays.copyOf(digits.labels(), 5)).containsExactly(7, 2, 1, 0, 4);
    }

    @Test
    void the_jpegs_of_cifar10_are_read_with_their_classes() {
        Pictures pictures = read("cifar10_jpg", "cifar10_test.zip", PictureFiles.Options.defaults());
        assertThat(pictures.size()).isEqualTo(new PictureSize(32, 32, 3));
        assertThat(pictures.labelNames()).hasSize(10).startsWith("airplane", "automobile", "bird");
        assertThat(counts(pictures)).containsOnly(1000);
    }

    @Test
    void omniglot_is_read_with_its_characters_and_its_runs_by_the_folder_inside() {
        Pictures letters = read(
                "omniglot_small1",
                "images_background_small1.zip",
                PictureFiles.Options.defaults().withSize(35, 35));
        assertThat(letters.count()).isEqualTo(2720);
        assertThat(letters.size()).isEqualTo(new PictureSize(35, 35, 1));
        assertThat(counts(letters)).hasSize(136).containsOnly(20);
        Pictures run = read(
                "omniglot_small1",
                "all_runs.zip",
                PictureFiles.Options.defaults().withInside("run01/training"));
        assertThat(run.count()).isEqualTo(20);
        assertThat(run.labelled()).isFalse();
    }

    @Test
    void pneumonia_is_read_from_its_archive_with_its_splits() {
        PictureFiles.Options options = PictureFiles.Options.defaults();
        assertThat(counts(read("pneumoniamnist", "pneumoniamnist.npz", options)))
                .containsExactly(388, 3494);
        assertThat(counts(read("pneumoniamnist", "pneumoniamnist.npz", options.withSplit("val"))))
                .containsExactly(135, 389);
        assertThat(counts(read("pneumoniamnist", "pneumoniamnist.npz", options.withSplit("test"))))
                .containsExactly(234, 390);
    }
}
