package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * An augmentation that is done with a probability.
 *
 * @param probability in [0, 1]
 * @param augmentation what is done then
 */
public record Sometimes(double probability, Augmentation augmentation) implements Augmentation {

    public Sometimes {
        Ranges.requireShare("Sometimes", probability);
    }

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        if (random.nextDouble() < probability) {
            augmentation.apply(picture, random);
        }
    }
}
