package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * Brightness, contrast, saturation and hue changed in random order (Chen et al., 2020, appendix A). With factors f uniform in
 * [max(0, 1 - r), 1 + r] for the range r of each, and results cut to [0, 1]:
 *
 * <pre>
 * brightness   x = f x
 * contrast     x = f x + (1 - f) mean grey of the picture
 * saturation   x = f x + (1 - f) grey of the pixel
 * hue          the angle of the colour in HSV turned by a share of a full circle, uniform in [-r, r]
 * </pre>
 *
 * In a grey picture saturation and hue change nothing.
 *
 * @param brightness range, at least 0
 * @param contrast range, at least 0
 * @param saturation range, at least 0
 * @param hue range as a share of the circle, in [0, 0.5]
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue) implements Augmentation {

    private static final int KINDS = 4;

    public ColourJitter {
        Ranges.require(
                brightness >= 0 && contrast >= 0 && saturation >= 0,
                "ColourJitter",
                "ranges of at least 0",
                brightness + ", " + contrast + " and " + saturation);
        Ranges.require(hue >= 0 && hue <= 0.5, "ColourJitter", "a range of hue in [0, 0.5]", hue);
    }

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        // All numbers are drawn, used or not, so that a range of zero leaves the others as they are.
        int[] order = random.permutation(KINDS);
        float brighter = factor(brightness, random);
        float stronger = factor(contrast, random);
        float fuller = factor(saturation, random);
        float turned = (float) (hue * (2 * random.nextDouble() - 1));
        for (int kind : order) {
            switch (kind) {
                case 0 -> brighten(picture, brighter);
                case 1 -> strengthen(picture, stronger);
                case 2 -> saturate(picture, fuller);
                default -> turnHue(picture, turned);
            }
        }
    }

    private static float factor(double range, RandomStream random) {
        double least = Math.max(0, 1 - range);
        return (float) (least + (1 + range - least) * random.nextDouble());
    }

    static void brighten(PictureBuffer picture, float factor) {
        if (factor == 1) {
            return;
        }
        float[] pixels = picture.pixels();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = cut(factor * pixels[i]);
        }
    }

    static void strengthen(PictureBuffer picture, float factor) {
        if (factor == 1) {
            return;
        }
        float[] pixels = picture.pixels();
        float part = (1 - factor) * meanGrey(picture);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = cut(factor * pixels[i] + part);
        }
    }

    private static float meanGrey(PictureBuffer picture) {
        float[] pixels = picture.pixels();
        int channels = picture.size().channels();
        double sum = 0;
        for (int i = 0; i < pixels.length; i += channels) {
            sum += channels == 1 ? pixels[i] : Grey.of(pixels, i);
        }
        return (float) (sum / picture.size().area());
    }

    static void saturate(PictureBuffer picture, float factor) {
        if (factor == 1 || picture.size().channels() == 1) {
            return;
        }
        float[] pixels = picture.pixels();
        for (int i = 0; i < pixels.length; i += 3) {
            float part = (1 - factor) * Grey.of(pixels, i);
            pixels[i] = cut(factor * pixels[i] + part);
            pixels[i + 1] = cut(factor * pixels[i + 1] + part);
            pixels[i + 2] = cut(factor * pixels[i + 2] + part);
        }
    }

    /**
     * Turns the hue by a share of the circle. In HSV (Smith, 1978) the channels of a colour of value v, chroma d and hue h (in
     * sixths of the circle) are {@code v - d max(0, min(k, 4 - k, 1))} with k = (h + n) mod 6 and n = 5, 3, 1.
     */
    static void turnHue(PictureBuffer picture, float share) {
        if (share == 0 || picture.size().channels() == 1) {
            return;
        }
        float[] pixels = picture.pixels();
        for (int i = 0; i < pixels.length; i += 3) {
            float red = pixels[i];
            float green = pixels[i + 1];
            float blue = pixels[i + 2];
            float value = Math.max(red, Math.max(green, blue));
            float chroma = value - Math.min(red, Math.min(green, blue));
            if (chroma == 0) {
                continue;
            }
            float sixths = value == red
                    ? (green - blue) / chroma
                    : value == green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
            float turned = sixths + 6 * share;
            pixels[i] = channel(value, chroma, turned + 5);
            pixels[i + 1] = channel(value, chroma, turned + 3);
            pixels[i + 2] = channel(value, chroma, turned + 1);
        }
    }

    private static float channel(float value, float chroma, float sixths) {
        float k = sixths < 0 ? sixths + 6 : sixths >= 12 ? sixths - 12 : sixths >= 6 ? sixths - 6 : sixths;
        return value - chroma * Math.max(0, Math.min(Math.min(k, 4 - k), 1));
    }

    private static float cut(float x) {
        return x < 0 ? 0 : x > 1 ? 1 : x;
    }
}
