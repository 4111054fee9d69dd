package io.chiaro.vision;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;

/**
 * Embeds pictures as they are, by the current parameters of an encoder. It has the encoder's thread.
 *
 * @param encoder of pictures, which stays its owner's
 * @param chunkPixels height * width of the pictures that are encoded at once, summed
 */
public record PictureEmbedder(Encoder<PictureChunk> encoder, long chunkPixels) {

    /** With chunks of 2^19 pixels. */
    public static PictureEmbedder of(Encoder<PictureChunk> encoder) {
        return new PictureEmbedder(encoder, PictureChunks.PIXELS);
    }

    /**
     * The vectors of pictures, not normalised.
     *
     * @return [pictures][dimension]
     */
    public float[][] embed(Pictures pictures) {
        float[][] vectors = new float[pictures.count()][];
        PictureChunks.each(pictures, chunkPixels, (chunk, first) -> put(chunk, first, vectors));
        return vectors;
    }

    /**
     * The same of one view of each picture, drawn by the seed.
     *
     * @param view which one, from 0
     */
    public float[][] embed(Pictures pictures, AugmentationRecipe augmentation, long seed, int view) {
        float[][] vectors = new float[pictures.count()][];
        PictureChunks.each(
                pictures, augmentation, seed, view, chunkPixels, (chunk, first) -> put(chunk, first, vectors));
        return vectors;
    }

    private void put(PictureChunk chunk, int first, float[][] vectors) {
        float[][] rows = encoder.forward(chunk, Dropout.off()).output().toRows();
        System.arraycopy(rows, 0, vectors, first, rows.length);
    }
}
