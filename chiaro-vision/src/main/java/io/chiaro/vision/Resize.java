package io.chiaro.vision;

/**
 * Brings pictures to a size by a triangle filter: bilinear when enlarging; when shrinking, the triangle is as much wider as the
 * picture becomes smaller, so that every pixel counts. Immutable.
 *
 * @param height rows afterwards
 * @param width columns afterwards
 */
public record Resize(int height, int width) {

    public Resize {
        Ranges.require(height >= 1 && width >= 1, "Resize", "height and width of at least 1", height + " x " + width);
    }

    /** For each output place its first input place and the weights from there on. */
    private record Filter(int[] first, float[][] weights) {

        static Filter of(int from, int to) {
            double scale = (double) from / to;
            double reach = Math.max(1, scale);
            int[] first = new int[to];
            float[][] weights = new float[to][];
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * scale - 0.5;
                int begin = Math.max(0, (int) Math.ceil(centre - reach));
                int end = Math.min(from - 1, (int) Math.floor(centre + reach));
                double[] raw = new double[end - begin + 1];
                double sum = 0;
                for (int k = begin; k <= end; k++) {
                    raw[k - begin] = Math.max(0, 1 - Math.abs(k - centre) / reach);
                    sum += raw[k - begin];
                }
                first[i] = begin;
                weights[i] = new float[raw.length];
                for (int k = 0; k < raw.length; k++) {
                    weights[i][k] = (float) (raw[k] / sum);
                }
            }
            return new Filter(first, weights);
        }
    }

    /** The picture in the new size, channels last as before. */
    byte[] apply(byte[] pixels, PictureSize size) {
        if (size.height() == height && size.width() == width) {
            return pixels;
        }
        int channels = size.channels();
        Filter across = Filter.of(size.width(), width);
        float[] narrow = new float[size.height() * width * channels];
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < width; x++) {
                float[] weights = across.weights[x];
                for (int c = 0; c < channels; c++) {
                    float sum = 0;
                    for (int k = 0; k < weights.length; k++) {
                        sum += weights[k] * (pixels[(y * size.width() + across.first[x] + k) * channels + c] & 0xFF);
                    }
                    narrow[(y * width + x) * channels + c] = sum;
                }
            }
        }
        Filter down = Filter.of(size.height(), height);
        byte[] result = new byte[height * width * channels];
        int row = width * channels;
        for (int y = 0; y < height; y++) {
            float[] weights = down.weights[y];
            for (int i = 0; i < row; i++) {
                float sum = 0;
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * narrow[(down.first[y] + k) * row + i];
                }
                result[y * row + i] = (byte) Math.min(255, Math.max(0, Math.round(sum)));
            }
        }
        return result;
    }
}
