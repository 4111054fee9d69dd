package io.chiaro.vision;

/**
 * The shape of a {@link BorderPrompt}.
 *
 * @param border its width in pixels
 * @param height rows of the pictures that it belongs to
 * @param width their columns
 */
public record BorderShape(int border, int height, int width) {

    public BorderShape {
        if (border < 1 || border > most(height, width)) {
            throw new IllegalArgumentException("BorderShape: expected a border of 1 to " + most(height, width)
                    + " pixels, within which something of a picture of " + height + "x" + width
                    + " is left, but found " + border);
        }
    }

    /** The widest that leaves something of a picture. */
    static int most(int height, int width) {
        return (Math.min(height, width) - 1) / 2;
    }

    /** Whether it belongs to pictures of a size. */
    boolean fits(PictureSize size) {
        return size.height() == height && size.width() == width;
    }
}
