package io.chiaro.vision;

/**
 * A picture that is being changed: floats from 0 to 1, channels last, with spare memory of the same size for what cannot be
 * done in place. Mutable; one thread.
 */
public final class PictureBuffer {

    private final PictureSize size;
    private float[] pixels;
    private float[] spare;

    /** A black picture. */
    public PictureBuffer(PictureSize size) {
        this.size = size;
        this.pixels = new float[size.numbers()];
        this.spare = new float[size.numbers()];
    }

    /** How large it is. */
    public PictureSize size() {
        return size;
    }

    /** Its numbers, to be changed. */
    public float[] pixels() {
        return pixels;
    }

    /** As much memory as the picture takes, with anything in it. */
    public float[] spare() {
        return spare;
    }

    /** The spare memory becomes the picture, and the picture the spare memory. */
    public void swap() {
        float[] before = pixels;
        pixels = spare;
        spare = before;
    }
}
