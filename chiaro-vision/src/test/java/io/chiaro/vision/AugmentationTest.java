package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {

    private static PictureBuffer buffer(int height, int width, int channels, float... pixels) {
        PictureBuffer buffer = new PictureBuffer(new PictureSize(height, width, channels));
        System.arraycopy(pixels, 0, buffer.pixels(), 0, pixels.length);
        return buffer;
    }

    /** A picture whose number at (y, x) is a y + b x + c: bilinear sampling must keep it. */
    private static PictureBuffer gradient(int height, int width) {
        PictureBuffer buffer = new PictureBuffer(new PictureSize(height, width, 1));
        for (int i = 0; i < height * width; i++) {
            buffer.pixels()[i] = 0.02f * (i / width) + 0.01f * (i % width) + 0.1f;
        }
        return buffer;
    }

    @Test
    void a_crop_of_a_gradient_is_the_gradient_of_its_place_enlarged() {
        PictureBuffer picture = gradient(8, 12);
        RandomResizedCrop.crop(picture, 2, 3, 4, 6);

        // Output pixel (y, x) lies at (2 + (y + 0.5) / 2 - 0.5, 3 + (x + 0.5) / 2 - 0.5), kept between the centres of
        // the part.
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 12; x++) {
                double row = 2 + Math.min(3, Math.max(0, (y + 0.5) / 2 - 0.5));
                double column = 3 + Math.min(5, Math.max(0, (x + 0.5) / 2 - 0.5));
                assertThat(picture.pixels()[y * 12 + x])
                        .isCloseTo((float) (0.02 * row + 0.01 * column + 0.1), within(1e-6f));
            }
        }
    }

    @Test
    void random_crops_keep_to_their_area_and_aspect() {
        RandomResizedCrop crop = new RandomResizedCrop(0.25, 0.25, 1, 1);
        Set<Float> corners = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            PictureBuffer picture = gradient(16, 16);
            crop.apply(picture, RandomStream.of(1, "crop", i));
            float[] pixels = picture.pixels();
            // An 8 x 8 part spans 7 steps down and 7 across.
            assertThat(pixels[255] - pixels[0]).isCloseTo(7 * 0.03f, within(1e-5f));
            corners.add(pixels[0]);
        }
        assertThat(corners).hasSizeGreaterThan(20);
    }

    @Test
    void a_crop_that_cannot_have_its_aspect_takes_the_largest_centred_part() {
        PictureBuffer picture = gradient(4, 16);
        new RandomResizedCrop(1, 1, 1, 1).apply(picture, RandomStream.of(1, "crop"));

        assertThat(picture.pixels()[0]).isCloseTo(0.1f + 0.01f * 6, within(1e-6f));
        assertThat(picture.pixels()[63]).isCloseTo(0.1f + 0.02f * 3 + 0.01f * 9, within(1e-6f));
    }

    @Test
    void a_flip_exchanges_left_and_right_and_keeps_channels() {
        PictureBuffer picture = buffer(1, 3, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        new HorizontalFlip().apply(picture, RandomStream.of(1, "flip"));

        assertThat(picture.pixels()).containsExactly(6, 7, 8, 3, 4, 5, 0, 1, 2);
    }

    @Test
    void grey_weighs_red_green_and_blue_by_bt601() {
        PictureBuffer picture = buffer(1, 3, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1);
        new Grey().apply(picture, RandomStream.of(1, "grey"));

        assertThat(picture.pixels())
                .containsExactly(0.299f, 0.299f, 0.299f, 0.587f, 0.587f, 0.587f, 0.114f, 0.114f, 0.114f);
    }

    @Test
    void a_third_of_the_circle_turns_red_into_green_green_into_blue_and_blue_into_red() {
        PictureBuffer picture = buffer(1, 4, 3, 0.8f, 0.2f, 0.2f, 0.2f, 0.8f, 0.2f, 0.2f, 0.2f, 0.8f, 0.5f, 0.5f, 0.5f);
        ColourJitter.turnHue(picture, 1 / 3f);

        assertThat(picture.pixels())
                .containsExactly(
                        new float[] {0.2f, 0.8f, 0.2f, 0.2f, 0.2f, 0.8f, 0.8f, 0.2f, 0.2f, 0.5f, 0.5f, 0.5f},
                        within(1e-6f));
    }

    @Test
    void turning_the_hue_there_and_back_changes_nothing_and_agrees_with_the_jdk() {
        Property.check(300, random -> {
            float[] colour = {(float) random.nextDouble(), (float) random.nextDouble(), (float) random.nextDouble()};
            float share = (float) (random.nextDouble() - 0.5);
            PictureBuffer picture = buffer(1, 1, 3, colour);
            ColourJitter.turnHue(picture, share);
            float[] turned = Arrays.copyOf(picture.pixels(), 3);
            float[] hsb = java.awt.Color.RGBtoHSB(
                    Math.round(colour[0] * 255), Math.round(colour[1] * 255), Math.round(colour[2] * 255), null);
            int expected = java.awt.Color.HSBtoRGB(hsb[0] + share, hsb[1], hsb[2]);
            for (int c = 0; c < 3; c++) {
                // The JDK works on bytes, and a rounded colour has another hue.
                assertThat(turned[c] * 255).isCloseTo(expected >> (16 - 8 * c) & 0xFF, within(3f));
            }
            ColourJitter.turnHue(picture, -share);
            assertThat(picture.pixels()).containsExactly(colour, within(1e-5f));
        });
    }

    @Test
    void brightness_contrast_and_saturation_follow_their_formulas() {
        PictureBuffer bright = buffer(1, 2, 1, 0.3f, 0.8f);
        ColourJitter.brighten(bright, 1.5f);
        assertThat(bright.pixels()).containsExactly(new float[] {0.45f, 1}, within(1e-6f));

        PictureBuffer contrast = buffer(1, 2, 1, 0.2f, 0.6f);
        ColourJitter.strengthen(contrast, 0.5f);
        assertThat(contrast.pixels()).containsExactly(new float[] {0.3f, 0.5f}, within(1e-6f));

        PictureBuffer colour = buffer(1, 1, 3, 1, 0, 0);
        ColourJitter.saturate(colour, 0.5f);
        assertThat(colour.pixels()).containsExactly(new float[] {0.6495f, 0.1495f, 0.1495f}, within(1e-6f));
    }

    @Test
    void jitter_of_no_range_changes_nothing_and_of_some_range_stays_within_it() {
        PictureBuffer picture = buffer(1, 2, 3, 0.1f, 0.5f, 0.9f, 0.3f, 0.3f, 0.7f);
        float[] before = picture.pixels().clone();
        new ColourJitter(0, 0, 0, 0).apply(picture, RandomStream.of(1, "jitter"));
        assertThat(picture.pixels()).containsExactly(before);

        float least = 1;
        float most = 0;
        for (int i = 0; i < 500; i++) {
            PictureBuffer one = buffer(1, 1, 1, 0.5f);
            new ColourJitter(0.4, 0, 0, 0).apply(one, RandomStream.of(1, "jitter", i));
            least = Math.min(least, one.pixels()[0]);
            most = Math.max(most, one.pixels()[0]);
        }
        assertThat(least).isBetween(0.3f, 0.31f);
        assertThat(most).isBetween(0.69f, 0.7f);
    }

    @Test
    void solarising_inverts_what_is_bright() {
        PictureBuffer picture = buffer(1, 4, 1, 0, 127 / 255f, 128 / 255f, 1);
        Solarise.defaults().apply(picture, RandomStream.of(1, "solarise"));

        assertThat(picture.pixels()).containsExactly(new float[] {0, 127 / 255f, 127 / 255f, 0}, within(1e-6f));
    }

    @Test
    void a_blurred_point_has_the_weights_of_the_gaussian_and_keeps_its_sum() {
        PictureBuffer picture = new PictureBuffer(new PictureSize(32, 32, 1));
        picture.pixels()[16 * 32 + 16] = 1;
        new GaussianBlur(1, 1).apply(picture, RandomStream.of(1, "blur"));

        double side = Math.exp(-0.5);
        double whole = 1 + 2 * side;
        assertThat(picture.pixels()[16 * 32 + 16]).isCloseTo((float) (1 / (whole * whole)), within(1e-6f));
        assertThat(picture.pixels()[16 * 32 + 15]).isCloseTo((float) (side / (whole * whole)), within(1e-6f));
        assertThat(picture.pixels()[17 * 32 + 17]).isCloseTo((float) (side * side / (whole * whole)), within(1e-6f));
        assertThat(picture.pixels()[16 * 32 + 18]).isZero();

        PictureBuffer even = new PictureBuffer(new PictureSize(5, 7, 3));
        Arrays.fill(even.pixels(), 0.25f);
        GaussianBlur.defaults().apply(even, RandomStream.of(2, "blur"));
        assertThat(even.pixels()).containsOnly(new float[] {0.25f}, within(1e-6f));
    }

    @Test
    void a_quarter_turn_moves_pixels_and_a_shift_brings_in_the_fill() {
        PictureBuffer picture = buffer(3, 3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        SmallMotion.move(picture, Math.PI / 2, 0, 0, 1, 0);
        assertThat(picture.pixels()).containsExactly(new float[] {7, 4, 1, 8, 5, 2, 9, 6, 3}, within(1e-4f));

        PictureBuffer shifted = buffer(2, 2, 1, 1, 2, 3, 4);
        SmallMotion.move(shifted, 0, 1, 0, 1, 0.5f);
        assertThat(shifted.pixels()).containsExactly(new float[] {0.5f, 1, 0.5f, 3}, within(1e-6f));
    }

    @Test
    void a_cutout_fills_a_square_that_may_hang_over_the_edge() {
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int i = 0; i < 200; i++) {
            PictureBuffer picture = new PictureBuffer(new PictureSize(8, 8, 3));
            new Cutout(0.5, 1).apply(picture, RandomStream.of(1, "cutout", i));
            int filled = 0;
            for (float value : picture.pixels()) {
                filled += value == 1 ? 1 : 0;
            }
            least = Math.min(least, filled);
            most = Math.max(most, filled);
        }
        assertThat(most).isEqualTo(4 * 4 * 3);
        assertThat(least).isEqualTo(2 * 2 * 3);
    }

    @Test
    void every_recipe_keeps_numbers_in_range_and_gives_each_view_of_each_step_its_own() {
        Pictures pictures = Shapes.draw(3, 1);
        for (String name : AugmentationRecipe.names()) {
            AugmentationRecipe recipe = AugmentationRecipe.named(name);
            Set<Integer> seen = new HashSet<>();
            for (long step = 0; step < 5; step++) {
                for (int view = 0; view < 2; view++) {
                    float[] once = view(recipe, pictures, step, view);
                    assertThat(view(recipe, pictures, step, view)).containsExactly(once);
                    for (float value : once) {
                        assertThat(value).as(name).isBetween(-1e-6f, 1 + 1e-6f);
                    }
                    seen.add(Arrays.hashCode(once));
                }
            }
            int most = name.equals("none") ? 1 : name.equals("flip") ? 2 : 10;
            assertThat(seen.size()).as(name).isEqualTo(most);
        }
    }

    private static float[] view(AugmentationRecipe recipe, Pictures pictures, long step, int view) {
        PictureBuffer buffer = new PictureBuffer(pictures.size());
        pictures.floats(1, buffer.pixels(), 0);
        recipe.apply(buffer, 7, 1, step, view);
        return buffer.pixels().clone();
    }

    @Test
    void a_recipe_prints_all_its_choices_and_its_hash_tells_it_from_others() {
        AugmentationRecipe recipe = AugmentationRecipe.named("asymmetric");
        assertThat(recipe.describe().lines().toList())
                .hasSize(2)
                .allMatch(line -> line.contains("ColourJitter[brightness=0.4, contrast=0.4, saturation=0.2, hue=0.1]"))
                .anyMatch(line -> line.contains("Sometimes[probability=0.2, augmentation=Solarise"));
        Set<String> hashes = new HashSet<>();
        AugmentationRecipe.names()
                .forEach(name -> hashes.add(AugmentationRecipe.named(name).hash()));
        // lightly and MoCo's demonstration take the same views on CIFAR.
        assertThat(hashes).hasSize(AugmentationRecipe.names().size() - 1);
        assertThatThrownBy(() -> AugmentationRecipe.named("simetric"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"symmetric\"?");
        assertThatThrownBy(() -> new ColourJitter(0.1, 0.1, 0.1, 0.7)).hasMessageContaining("hue");
        assertThat(List.copyOf(AugmentationRecipe.names()))
                .contains("symmetric", "symmetric-weak", "asymmetric", "none");
    }
}
