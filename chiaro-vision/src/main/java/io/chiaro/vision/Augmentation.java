package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * Changes a picture by chance, so that what it shows remains. Implementations are records, whose text names every choice:
 * it goes into protocols and their hashes.
 */
@FunctionalInterface
public interface Augmentation {

    /**
     * Changes the picture.
     *
     * @param random the numbers of this picture, view and epoch; everything random comes from here
     */
    void apply(PictureBuffer picture, RandomStream random);

    /** The same with a probability, else nothing. */
    default Augmentation withProbability(double probability) {
        return new Sometimes(probability, this);
    }
}
