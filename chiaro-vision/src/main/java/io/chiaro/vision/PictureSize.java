package io.chiaro.vision;

/**
 * How large a picture is.
 *
 * @param height rows
 * @param width columns
 * @param channels 1 for grey, 3 for red, green and blue
 */
public record PictureSize(int height, int width, int channels) {

    public PictureSize {
        if (height < 1 || width < 1 || channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "PictureSize: expected height and width of at least 1 and 1 or 3 channels, " + "but found " + height
                            + " x " + width + " x " + channels);
        }
        if ((long) height * width * channels > 1 << 28) {
            throw new IllegalArgumentException(
                    "PictureSize: " + height + " x " + width + " x " + channels + " is larger than 2^28 numbers");
        }
    }

    /** height * width. */
    public int area() {
        return height * width;
    }

    /** height * width * channels. */
    public int numbers() {
        return height * width * channels;
    }

    @Override
    public String toString() {
        return height + "x" + width + "x" + channels;
    }
}
