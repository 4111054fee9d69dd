package io.chiaro.vision;

/** Grey to colour and back. */
final class Channels {

    private Channels() {}

    /** Three equal channels of a grey one, or the grey of three by the weights of {@link Grey}, rounded. */
    static byte[] convert(byte[] pixels, int from, int to) {
        if (from == to) {
            return pixels;
        }
        byte[] result = new byte[pixels.length / from * to];
        if (to == 3) {
            for (int i = 0; i < pixels.length; i++) {
                result[3 * i] = pixels[i];
                result[3 * i + 1] = pixels[i];
                result[3 * i + 2] = pixels[i];
            }
        } else {
            for (int i = 0; i < result.length; i++) {
                int red = pixels[3 * i] & 0xFF;
                int green = pixels[3 * i + 1] & 0xFF;
                int blue = pixels[3 * i + 2] & 0xFF;
                result[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
            }
        }
        return result;
    }
}
