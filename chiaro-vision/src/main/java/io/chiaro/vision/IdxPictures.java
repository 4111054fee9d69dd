package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The IDX format (LeCun, Cortes and Burges): two zero bytes, the type of numbers (8: unsigned bytes, the only one taken here),
 * the number of dimensions, each dimension as a big-endian 32-bit integer, then the numbers. Pictures have three dimensions
 * (count, height, width) or four (channels last), labels one.
 */
final class IdxPictures {

    private static final int UNSIGNED_BYTES = 8;

    private IdxPictures() {}

    static Pictures read(Path images, Optional<Path> labelFile) {
        List<byte[]> pixels = new ArrayList<>();
        PictureSize[] size = new PictureSize[1];
        open(images, in -> {
            int[] shape = shape(images, in);
            if (shape.length != 3 && shape.length != 4) {
                throw refused(images, "three or four dimensions of pictures", shape.length + " dimensions");
            }
            size[0] = size(images, shape);
            for (int i = 0; i < shape[0]; i++) {
                byte[] picture = in.readNBytes(size[0].numbers());
                if (picture.length < size[0].numbers()) {
                    throw refused(images, shape[0] + " pictures", "the end in picture " + i);
                }
                pixels.add(picture);
            }
        });
        int[] labels =
                labelFile.map(file -> labels(file, images, pixels.size())).orElseGet(() -> new int[0]);
        return Pictures.of(
                size[0],
                pixels.toArray(byte[][]::new),
                labels,
                PictureFiles.numberNames(labels),
                images.toAbsolutePath().toString());
    }

    private static PictureSize size(Path file, int[] shape) {
        try {
            return new PictureSize(shape[1], shape[2], shape.length == 4 ? shape[3] : 1);
        } catch (IllegalArgumentException e) {
            throw refused(file, "pictures of a usable size", String.valueOf(e.getMessage()));
        }
    }

    private static int[] labels(Path file, Path images, int count) {
        int[] labels = new int[count];
        open(file, in -> {
            int[] shape = shape(file, in);
            if (shape.length != 1 || shape[0] != count) {
                throw refused(
                        file,
                        "one dimension of " + count + " labels for the pictures of " + images.getFileName(),
                        shape.length == 1 ? shape[0] + " labels" : shape.length + " dimensions");
            }
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw refused(file, count + " labels", "the end after " + bytes.length);
            }
            for (int i = 0; i < count; i++) {
                labels[i] = bytes[i] & 0xFF;
            }
        });
        return labels;
    }

    private static int[] shape(Path file, DataInputStream in) throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
            throw refused(file, "an IDX file, which begins with two zero bytes", "another beginning");
        }
        if (magic[2] != UNSIGNED_BYTES) {
            throw refused(file, "numbers of type 8 (unsigned bytes)", "type " + (magic[2] & 0xFF));
        }
        int[] shape = new int[magic[3] & 0xFF];
        for (int i = 0; i < shape.length; i++) {
            byte[] size = in.readNBytes(Integer.BYTES);
            if (size.length < Integer.BYTES) {
                throw refused(file, shape.length + " dimensions", "the end in its header");
            }
            shape[i] = (size[0] & 0xFF) << 24 | (size[1] & 0xFF) << 16 | (size[2] & 0xFF) << 8 | size[3] & 0xFF;
            if (shape[i] < 1 || i == 0 && shape[i] > PictureFiles.MOST_PICTURES) {
                throw refused(file, "dimensions of at least 1 and a usable size", "dimension " + i + " of " + shape[i]);
            }
        }
        return shape;
    }

    /** What reads a stream. */
    private interface Content {
        void read(DataInputStream in) throws IOException;
    }

    private static void open(Path file, Content content) {
        boolean packed = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                DataInputStream in = new DataInputStream(packed ? new GZIPInputStream(raw, 1 << 16) : raw)) {
            content.read(in);
            if (in.read() >= 0) {
                throw refused(file, "the end after its numbers", "more bytes");
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    file.toAbsolutePath() + ": expected a readable IDX file, but found: " + e.getMessage()
                            + ". Get the file again.",
                    e);
        }
    }

    private static ChiaroException refused(Path file, String expected, String found) {
        return ChiaroException.data(
                file.toAbsolutePath() + ": expected " + expected + ", but found " + found + ". Get the file again.");
    }
}
