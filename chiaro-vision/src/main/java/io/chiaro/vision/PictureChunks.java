package io.chiaro.vision;

import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;

/** Pictures in chunks of a pixel budget, looked at without gradients. */
final class PictureChunks {

    /** Height * width of the pictures that are encoded at once, summed, where nobody says otherwise. */
    static final long PIXELS = 1 << 19;

    private PictureChunks() {}

    /** Looks at some pictures. */
    interface Look {
        /**
         * Called with a chunk.
         *
         * @param first which picture is its first
         */
        void at(PictureChunk chunk, int first);
    }

    /** Calls with all pictures as they are, chunk by chunk; tensors live until the call returns. */
    static void each(Pictures pictures, long chunkPixels, Look look) {
        each(pictures, chunkPixels, (buffer, index) -> {}, look);
    }

    /** The same with views of the pictures. */
    static void each(
            Pictures pictures, AugmentationRecipe augmentation, long seed, int view, long chunkPixels, Look look) {
        each(pictures, chunkPixels, (buffer, index) -> augmentation.apply(buffer, seed, index, 0, view), look);
    }

    private interface Change {
        void apply(PictureBuffer picture, int index);
    }

    private static void each(Pictures pictures, long chunkPixels, Change change, Look look) {
        PictureSize size = pictures.size();
        int most = (int) Math.max(1, Math.min(pictures.count(), chunkPixels / size.area()));
        PictureBuffer buffer = new PictureBuffer(size);
        for (int from = 0; from < pictures.count(); from += most) {
            int count = Math.min(most, pictures.count() - from);
            float[] values = new float[Math.multiplyExact(count, size.numbers())];
            for (int i = 0; i < count; i++) {
                pictures.floats(from + i, buffer.pixels(), 0);
                change.apply(buffer, from + i);
                System.arraycopy(buffer.pixels(), 0, values, i * size.numbers(), size.numbers());
            }
            try (Scope scope = Scope.open("pictures");
                    Grad off = Grad.disabled()) {
                look.at(new PictureChunk(values, count, size), from);
            }
        }
    }
}
