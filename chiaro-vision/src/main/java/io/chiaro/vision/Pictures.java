package io.chiaro.vision;

import io.chiaro.core.Hashes;
import io.chiaro.core.RandomStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures of one size in memory, channels last, with their labels if they have any. Immutable, safe for any thread.
 */
public final class Pictures {

    private final PictureSize size;
    private final byte[][] pixels;
    private final int[] labels;
    private final List<String> labelNames;
    private final String source;

    private Pictures(PictureSize size, byte[][] pixels, int[] labels, List<String> labelNames, String source) {
        this.size = size;
        this.pixels = pixels;
        this.labels = labels;
        this.labelNames = labelNames;
        this.source = source;
    }

    /**
     * A set of pictures.
     *
     * @param pixels [pictures][height * width * channels], kept and not copied
     * @param labels an index into {@code labelNames} for each picture, or empty
     * @param source where they come from, for reports and errors
     */
    public static Pictures of(PictureSize size, byte[][] pixels, int[] labels, List<String> labelNames, String source) {
        if (labels.length != 0 && labels.length != pixels.length) {
            throw new IllegalArgumentException(
                    "Pictures: " + pixels.length + " pictures, but " + labels.length + " labels");
        }
        for (byte[] each : pixels) {
            if (each.length != size.numbers()) {
                throw new IllegalArgumentException(
                        "Pictures: a picture of " + size + " has " + size.numbers() + " numbers, not " + each.length);
            }
        }
        for (int label : labels) {
            if (label < 0 || label >= labelNames.size()) {
                throw new IllegalArgumentException(
                        "Pictures: label " + label + " is none of the " + labelNames.size() + " named ones");
            }
        }
        return new Pictures(size, pixels.clone(), labels.clone(), List.copyOf(labelNames), source);
    }

    /** How many. */
    public int count() {
        return pixels.length;
    }

    /** How large each is. */
    public PictureSize size() {
        return size;
    }

    /** Where they come from. */
    public String source() {
        return source;
    }

    /** Whether each has a label. */
    public boolean labelled() {
        return labels.length > 0;
    }

    /** An index into {@link #labelNames} for each picture, a new array; empty if there are none. */
    public int[] labels() {
        return labels.clone();
    }

    /** The label of a picture. */
    public int label(int picture) {
        return labels[picture];
    }

    /** What the labels mean. */
    public List<String> labelNames() {
        return labelNames;
    }

    /** The numbers of a picture, 0 to 255, a new array; those above 127 are negative in Java. */
    public byte[] pixels(int picture) {
        return pixels[picture].clone();
    }

    /** Writes a picture's numbers as floats from 0 to 1 into an array from a place on. */
    public void floats(int picture, float[] into, int at) {
        byte[] from = pixels[picture];
        for (int i = 0; i < from.length; i++) {
            into[at + i] = (from[i] & 0xFF) * (1 / 255f);
        }
    }

    /** A picture's numbers as floats from 0 to 1, channels first, as other libraries take them; [channels * height * width]. */
    public float[] channelsFirst(int picture) {
        float[] last = new float[size.numbers()];
        floats(picture, last, 0);
        float[] first = new float[last.length];
        for (int i = 0; i < last.length; i++) {
            first[i % size.channels() * size.area() + i / size.channels()] = last[i];
        }
        return first;
    }

    /** A 64-bit hash of a picture's numbers: equal pictures have equal ones. */
    public long contentHash(int picture) {
        ByteBuffer bytes = ByteBuffer.wrap(pixels[picture]);
        long hash = size.numbers();
        while (bytes.remaining() >= Long.BYTES) {
            hash = RandomStream.mix(hash ^ bytes.getLong()) + 1;
        }
        long rest = 0;
        while (bytes.hasRemaining()) {
            rest = rest << 8 | bytes.get() & 0xFF;
        }
        return RandomStream.mix(hash ^ rest);
    }

    /** SHA-256 of size, numbers and labels: what figures on these pictures are figures of. */
    public String hash() {
        ByteBuffer perPicture = ByteBuffer.allocate(Math.multiplyExact(count(), 64 + Integer.BYTES));
        for (int i = 0; i < count(); i++) {
            perPicture.put(Hashes.sha256(pixels[i]).getBytes(StandardCharsets.US_ASCII));
            perPicture.putInt(labelled() ? labels[i] : -1);
        }
        return Hashes.sha256(
                (size + " " + labelNames + " " + Hashes.sha256(perPicture.array())).getBytes(StandardCharsets.UTF_8));
    }

    /** Some of the pictures, in the given order. */
    public Pictures select(int[] which) {
        byte[][] some = new byte[which.length][];
        int[] theirs = new int[labelled() ? which.length : 0];
        for (int i = 0; i < which.length; i++) {
            some[i] = pixels[which[i]];
            if (labelled()) {
                theirs[i] = labels[which[i]];
            }
        }
        return new Pictures(size, some, theirs, labelNames, source);
    }

    /** The same pictures in another size; themselves, if it is theirs. */
    public Pictures resized(Resize resize) {
        if (size.height() == resize.height() && size.width() == resize.width()) {
            return this;
        }
        byte[][] all = Arrays.stream(pixels)
                .parallel()
                .map(each -> resize.apply(each, size))
                .toArray(byte[][]::new);
        return new Pictures(
                new PictureSize(resize.height(), resize.width(), size.channels()), all, labels, labelNames, source);
    }

    /** The same pictures with other labels of the same names. */
    public Pictures withLabels(int[] others) {
        return of(size, pixels, others, labelNames, source);
    }

    @Override
    public String toString() {
        return count() + " pictures of " + size + " from " + source;
    }
}
