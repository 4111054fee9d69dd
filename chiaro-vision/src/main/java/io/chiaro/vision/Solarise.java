package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * Numbers of at least the threshold are inverted, x to 1 - x (as in Grill et al., 2020, appendix B).
 *
 * @param threshold in [0, 1]
 */
public record Solarise(double threshold) implements Augmentation {

    public Solarise {
        Ranges.requireShare("Solarise", threshold);
    }

    /** At 128 of 255. */
    public static Solarise defaults() {
        return new Solarise(128 / 255.0);
    }

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        // Half a step of a byte below, so that the rounding of x / 255 decides nothing.
        float limit = (float) (threshold - 0.5 / 255);
        float[] pixels = picture.pixels();
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i] >= limit) {
                pixels[i] = 1 - pixels[i];
            }
        }
    }
}
