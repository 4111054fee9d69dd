package io.chiaro.vision;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;

/**
 * Embeds pictures as they are, by the current parameters of an encoder. It has the encoder's thread.
 *
 * @param encoder of pictures, which stays its owner's
 * @param chunkPixels height * width of the pictures that are encoded at once, summed
 */
public record PictureEmbedder(Encoder<PictureChunk> encoder, long chunkPixels) {

    /** With chunks of 2^19 pixels. */
    public static PictureEmbedder of(Encoder<PictureChunk> encoder) {
        return new PictureEmbedder(encoder, 1 << 19);
    }

    /**
     * The vectors of pictures, not normalised.
     *
     * @return [pictures][dimension]
     */
    public float[][] embed(Pictures pictures) {
        PictureSize size = pictures.size();
        float[][] vectors = new float[pictures.count()][];
        int most = (int) Math.max(1, Math.min(pictures.count(), chunkPixels / size.area()));
        for (int from = 0; from < vectors.length; from += most) {
            int count = Math.min(most, vectors.length - from);
            float[] values = new float[Math.multiplyExact(count, size.numbers())];
            for (int i = 0; i < count; i++) {
                pictures.floats(from + i, values, i * size.numbers());
            }
            try (Scope scope = Scope.open("embed pictures");
                    Grad off = Grad.disabled()) {
                float[][] rows = encoder.forward(new PictureChunk(values, count, size), Dropout.off())
                        .output()
                        .toRows();
                System.arraycopy(rows, 0, vectors, from, count);
            }
        }
        return vectors;
    }
}
