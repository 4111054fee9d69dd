package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * A Gaussian blur whose standard deviation is uniform in a range, over windows of a tenth of the picture's side (Chen et al.,
 * 2020, appendix A): the window has {@code 2 floor(side / 20) + 1} pixels, and at least 3. The edge is mirrored, without repeating its pixel.
 *
 * @param leastDeviation in pixels, above 0
 * @param mostDeviation in pixels
 */
public record GaussianBlur(double leastDeviation, double mostDeviation) implements Augmentation {

    public GaussianBlur {
        Ranges.require(
                leastDeviation > 0 && leastDeviation <= mostDeviation,
                "GaussianBlur",
                "deviations with 0 < least <= most",
                leastDeviation + " and " + mostDeviation);
    }

    /** From 0.1 to 2 pixels. */
    public static GaussianBlur defaults() {
        return new GaussianBlur(0.1, 2);
    }

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        PictureSize size = picture.size();
        double deviation = leastDeviation + (mostDeviation - leastDeviation) * random.nextDouble();
        along(picture, size.width(), size.channels(), size.height(), size.width() * size.channels(), deviation);
        along(picture, size.height(), size.width() * size.channels(), size.width(), size.channels(), deviation);
    }

    /** Blurs lines of {@code length} pixels, {@code step} numbers apart; there are {@code lines}, {@code stride} apart. */
    private static void along(PictureBuffer picture, int length, int step, int lines, int stride, double deviation) {
        int radius = Math.max(1, length / 20);
        float[] weights = new float[radius + 1];
        double sum = 0;
        for (int k = -radius; k <= radius; k++) {
            sum += StrictMath.exp(-0.5 * k * k / (deviation * deviation));
        }
        for (int k = 0; k <= radius; k++) {
            weights[k] = (float) (StrictMath.exp(-0.5 * k * k / (deviation * deviation)) / sum);
        }
        int channels = picture.size().channels();
        float[] from = picture.pixels();
        float[] to = picture.spare();
        for (int i = 0; i < length; i++) {
            for (int line = 0; line < lines; line++) {
                int at = line * stride + i * step;
                for (int c = 0; c < channels; c++) {
                    to[at + c] = weights[0] * from[at + c];
                }
            }
            for (int k = 1; k <= radius; k++) {
                int before = mirrored(i - k, length);
                int after = mirrored(i + k, length);
                for (int line = 0; line < lines; line++) {
                    int start = line * stride;
                    for (int c = 0; c < channels; c++) {
                        to[start + i * step + c] +=
                                weights[k] * (from[start + before * step + c] + from[start + after * step + c]);
                    }
                }
            }
        }
        picture.swap();
    }

    private static int mirrored(int i, int length) {
        int inside = i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
        return Math.min(Math.max(inside, 0), length - 1);
    }
}
