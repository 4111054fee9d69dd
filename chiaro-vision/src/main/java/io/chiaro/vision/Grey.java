package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * Each colour becomes the grey of its brightness, 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601, section 2.5.1), in three
 * equal channels. A grey picture stays as it is.
 */
public record Grey() implements Augmentation {

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        if (picture.size().channels() == 1) {
            return;
        }
        float[] pixels = picture.pixels();
        for (int i = 0; i < pixels.length; i += 3) {
            float grey = of(pixels, i);
            pixels[i] = grey;
            pixels[i + 1] = grey;
            pixels[i + 2] = grey;
        }
    }

    /** The grey of the colour whose red stands at {@code i}. */
    static float of(float[] pixels, int i) {
        return 0.299f * pixels[i] + 0.587f * pixels[i + 1] + 0.114f * pixels[i + 2];
    }
}
