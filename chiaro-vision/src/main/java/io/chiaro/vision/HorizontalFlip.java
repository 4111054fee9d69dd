package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/** Left and right exchanged; give it a probability by {@link #withProbability}. */
public record HorizontalFlip() implements Augmentation {

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        PictureSize size = picture.size();
        int channels = size.channels();
        float[] pixels = picture.pixels();
        for (int y = 0; y < size.height(); y++) {
            int left = y * size.width() * channels;
            int right = left + (size.width() - 1) * channels;
            for (; left < right; left += channels, right -= channels) {
                for (int c = 0; c < channels; c++) {
                    float swap = pixels[left + c];
                    pixels[left + c] = pixels[right + c];
                    pixels[right + c] = swap;
                }
            }
        }
    }
}
