package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.Reduction;
import io.chiaro.testkit.Property;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PictureLikenessTest {

    private static Pictures grey(int side, byte[]... pixels) {
        return Pictures.of(new PictureSize(side, side, 1), pixels, new int[0], List.of(), "test");
    }

    @ParameterizedTest
    @EnumSource
    void noisy_copies_are_dropped_and_other_pictures_stay(PictureLikeness likeness) {
        // Each with two copies; what is drawn differs in kind, place and ground.
        Pictures pictures = PictureSubsets.repeated(Shapes.draw(12, 4), 12, 2, 1, 9);
        assertThat(pictures.count()).isEqualTo(36);
        // The fine pattern of a figure counts for half a pixel of 8 x 8, so that noise turns some bits.
        double threshold = likeness.threshold() < 0 ? 3 * likeness.threshold() : likeness.threshold();
        Reduction.Likeness measured = likeness.of(pictures);
        Reduction reduction = Reduction.ofAlike(pictures.count(), 0, measured, threshold);
        assertThat(reduction.kept().length).isBetween(4, 14);
        for (int i = 0; i < pictures.count(); i++) {
            int original = i / 3 * 3;
            assertThat(measured.of(i, original)).as("copy %d", i).isGreaterThanOrEqualTo(threshold);
            assertThat(measured.of(i, original)).isCloseTo(measured.of(original, i), within(1e-12));
        }
    }

    @Test
    void hashes_are_those_of_a_picture_that_is_already_small() {
        byte[] rising = new byte[64];
        Arrays.setAll(new int[64], i -> rising[i] = (byte) i);
        byte[] turned = new byte[64];
        Arrays.setAll(new int[64], i -> turned[i] = rising[63 - i]);
        byte[] brighter = new byte[64];
        Arrays.setAll(new int[64], i -> brighter[i] = (byte) (rising[i] + 100));
        byte[] one = rising.clone();
        one[0] = (byte) 255;
        Pictures pictures = grey(8, rising, turned, brighter, one);
        Reduction.Likeness average = PictureLikeness.AVERAGE_HASH.of(pictures);
        assertThat(average.of(1, 0)).isEqualTo(-64);
        assertThat(average.of(2, 0)).isZero();
        // The first pixel now is bright, and the mean rises by 4 from 31.5, past four of the pixels.
        assertThat(average.of(3, 0)).isEqualTo(-5);
        // A difference hash is of eight rows of nine.
        byte[][] wide = new byte[3][72];
        for (int i = 0; i < 72; i++) {
            wide[0][i] = (byte) i;
            wide[1][i] = (byte) (71 - i);
            wide[2][i] = (byte) (i == 40 ? 0 : i + 50);
        }
        Reduction.Likeness difference = PictureLikeness.DIFFERENCE_HASH.of(
                Pictures.of(new PictureSize(8, 9, 1), wide, new int[0], List.of(), "test"));
        assertThat(difference.of(1, 0)).isEqualTo(-64);
        // A dark pixel within its row is no longer brighter than the one before it.
        assertThat(difference.of(2, 0)).isEqualTo(-1);
    }

    @Test
    void measures_are_those_of_plain_loops_over_places() {
        Property.check(10, random -> {
            byte[] a = new byte[64];
            byte[] b = new byte[64];
            for (int i = 0; i < 64; i++) {
                a[i] = (byte) random.nextInt(256);
                b[i] = (byte) Math.min(255, Math.max(0, (a[i] & 0xFF) + (int) (40 * random.nextGaussian())));
            }
            Pictures pictures = grey(8, a, b);
            assertThat(PictureLikeness.STRUCTURAL_SIMILARITY.of(pictures).of(1, 0))
                    .isCloseTo(similarity(a, b), within(1e-9));
            assertThat(PictureLikeness.MUTUAL_INFORMATION.of(pictures).of(1, 0))
                    .isCloseTo(information(a, b), within(1e-9));
            assertThat(PictureLikeness.MUTUAL_INFORMATION.of(pictures).of(0, 0)).isCloseTo(1, within(1e-9));
            assertThat(PictureLikeness.STRUCTURAL_SIMILARITY.of(pictures).of(0, 0))
                    .isCloseTo(1, within(1e-9));
        });
    }

    /** Luminance, contrast and structure of one window, each with its own name (Wang et al. 2004, eq. 6, 9, 10 and 12). */
    private static double similarity(byte[] a, byte[] b) {
        double meanA = mean(a);
        double meanB = mean(b);
        double varianceA = 0;
        double varianceB = 0;
        double covariance = 0;
        for (int i = 0; i < a.length; i++) {
            varianceA += Math.pow((a[i] & 0xFF) - meanA, 2) / a.length;
            varianceB += Math.pow((b[i] & 0xFF) - meanB, 2) / a.length;
            covariance += ((a[i] & 0xFF) - meanA) * ((b[i] & 0xFF) - meanB) / a.length;
        }
        double c1 = 2.55 * 2.55;
        double c2 = 7.65 * 7.65;
        double luminance = (2 * meanA * meanB + c1) / (meanA * meanA + meanB * meanB + c1);
        double contrast = (2 * Math.sqrt(varianceA * varianceB) + c2) / (varianceA + varianceB + c2);
        double structure = (covariance + c2 / 2) / (Math.sqrt(varianceA * varianceB) + c2 / 2);
        return luminance * contrast * structure;
    }

    private static double mean(byte[] values) {
        double sum = 0;
        for (byte value : values) {
            sum += value & 0xFF;
        }
        return sum / values.length;
    }

    /** 2 sum p log(p / (p p)) / (H + H), the sum over pairs of steps. */
    private static double information(byte[] a, byte[] b) {
        double information = 0;
        double entropies = 0;
        for (int x = 0; x < 16; x++) {
            for (int y = 0; y < 16; y++) {
                double both = 0;
                double first = 0;
                double second = 0;
                for (int i = 0; i < a.length; i++) {
                    boolean inX = (a[i] & 0xFF) / 16 == x;
                    boolean inY = (b[i] & 0xFF) / 16 == y;
                    both += inX && inY ? 1.0 / a.length : 0;
                    first += inX ? 1.0 / a.length : 0;
                    second += inY ? 1.0 / a.length : 0;
                }
                information += both == 0 ? 0 : both * Math.log(both / first / second);
                entropies -= y > 0 || first == 0 ? 0 : first * Math.log(first);
                entropies -= x > 0 || second == 0 ? 0 : second * Math.log(second);
            }
        }
        return 2 * information / entropies;
    }

    @Test
    void the_entropy_of_a_picture_is_the_number_of_bits_that_its_greys_need() {
        byte[] even = new byte[256];
        byte[] half = new byte[256];
        for (int i = 0; i < 256; i++) {
            even[i] = (byte) i;
            half[i] = (byte) (i % 2 * 200);
        }
        double[] entropies = PictureLikeness.entropies(grey(16, even, half, new byte[256]));
        assertThat(entropies[0]).isCloseTo(8, within(1e-12));
        assertThat(entropies[1]).isCloseTo(1, within(1e-12));
        assertThat(entropies[2]).isZero();
    }

    @Test
    void copies_follow_their_picture_and_keep_its_label() {
        Pictures drawn = Shapes.draw(6, 1);
        Pictures repeated = PictureSubsets.repeated(drawn, 4, 3, 5, 2);
        assertThat(repeated.count()).isEqualTo(16);
        for (int i = 0; i < 16; i++) {
            assertThat(repeated.label(i)).isEqualTo(drawn.label(i / 4));
            assertThat(Arrays.equals(repeated.pixels(i), drawn.pixels(i / 4))).isEqualTo(i % 4 == 0);
        }
        assertThat(PictureSubsets.repeated(drawn, 4, 3, 5, 2).hash()).isEqualTo(repeated.hash());
        assertThat(PictureSubsets.repeated(drawn, 4, 3, 5, 3).hash()).isNotEqualTo(repeated.hash());
    }

    @Test
    void a_folder_of_pictures_holds_the_numbers_that_were_written(@TempDir Path folder) {
        Pictures colours = Shapes.draw(12, 1);
        PictureFolder.write(colours, folder.resolve("colours"));
        Pictures again = PictureFiles.read(folder.resolve("colours"), PictureFiles.Options.defaults());
        // Classes come in the order of their names.
        assertThat(again.count()).isEqualTo(12);
        int at = 0;
        for (String name : again.labelNames()) {
            int label = colours.labelNames().indexOf(name);
            for (int i = 0; i < colours.count(); i++) {
                if (colours.label(i) == label) {
                    assertThat(again.pixels(at++)).isEqualTo(colours.pixels(i));
                }
            }
        }
        byte[] noise = new byte[16];
        RandomStream random = RandomStream.of(1, "test");
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) random.nextInt(256);
        }
        PictureFolder.write(grey(4, noise), folder.resolve("grey"));
        Pictures grey = PictureFiles.read(folder.resolve("grey"), PictureFiles.Options.defaults());
        assertThat(grey.size().channels()).isEqualTo(1);
        assertThat(grey.pixels(0)).isEqualTo(noise);
        assertThatThrownBy(() -> PictureFolder.write(colours, folder.resolve("grey")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("empty folder");
    }
}
