package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.Npy;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Pictures in NumPy's {@code .npz}: a zip of {@code .npy} arrays. Pictures are bytes [N, height, width] or [N, height, width,
 * channels], labels bytes or 64-bit integers [N] or [N, 1]. For the part "train" arrays are looked for under the names {@code
 * train_images} and {@code train_labels} (as MedMNIST writes them), {@code x_train} and {@code y_train} (as Keras does), {@code
 * x} and {@code y}, {@code images} and {@code labels}.
 */
final class NpzPictures {

    private static final String SUFFIX = ".npy";

    private NpzPictures() {}

    /** Two arrays that belong together. */
    private record Names(String images, String labels) {}

    static Pictures read(Path file, String split) {
        String where = file.toAbsolutePath().toString();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            TreeSet<String> found = new TreeSet<>();
            zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(SUFFIX))
                    .forEach(name -> found.add(name.substring(0, name.length() - SUFFIX.length())));
            List<Names> known = List.of(
                    new Names(split + "_images", split + "_labels"),
                    new Names("x_" + split, "y_" + split),
                    new Names("x", "y"),
                    new Names("images", "labels"));
            Names names = known.stream()
                    .filter(each -> found.contains(each.images()))
                    .findFirst()
                    .orElseThrow(() -> ChiaroException.data(where + ": expected an array named "
                            + String.join(
                                    " or ", known.stream().map(Names::images).toList()) + ", but found "
                            + found + ". Name another split, or rename the array."));
            Npy images = array(zip, where, names.images());
            Optional<Npy> labels =
                    found.contains(names.labels()) ? Optional.of(array(zip, where, names.labels())) : Optional.empty();
            return pictures(where, names, images, labels);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    where + ": expected a readable .npz archive, but found: " + e.getMessage()
                            + ". Get the file again.",
                    e);
        }
    }

    private static Npy array(ZipFile zip, String where, String name) throws IOException {
        try (InputStream in = new BufferedInputStream(zip.getInputStream(zip.getEntry(name + SUFFIX)))) {
            return Npy.read(where + ", " + name, in);
        }
    }

    private static Pictures pictures(String where, Names names, Npy images, Optional<Npy> labelArray) {
        int[] shape = images.shape();
        boolean fits = images.type() == Npy.Type.UINT8
                && (shape.length == 3 || shape.length == 4 && (shape[3] == 1 || shape[3] == 3));
        if (!fits || Arrays.stream(shape).anyMatch(size -> size < 1)) {
            throw ChiaroException.data(where + ", " + names.images()
                    + ": expected bytes of the shape [N, height, width] or [N, height, width, 1 or 3], but found "
                    + images.type() + " of the shape " + Arrays.toString(shape) + ". Convert it with numpy.");
        }
        PictureSize size = new PictureSize(shape[1], shape[2], shape.length == 4 ? shape[3] : 1);
        byte[] all = images.bytes();
        byte[][] pixels = new byte[shape[0]][];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Arrays.copyOfRange(all, i * size.numbers(), (i + 1) * size.numbers());
        }
        int[] labels = labelArray
                .map(array -> labels(where + ", " + names.labels(), array, pixels.length))
                .orElseGet(() -> new int[0]);
        return Pictures.of(size, pixels, labels, PictureFiles.numberNames(labels), where + ", " + names.images());
    }

    private static int[] labels(String where, Npy array, int count) {
        int[] shape = array.shape();
        boolean fits = (array.type() == Npy.Type.UINT8 || array.type() == Npy.Type.INT64)
                && (shape.length == 1 || shape.length == 2 && shape[1] == 1)
                && shape[0] == count;
        if (!fits) {
            throw ChiaroException.data(where + ": expected " + count
                    + " labels, bytes or 64-bit integers of the shape [N] or [N, 1], but found " + array.type()
                    + " of the shape " + Arrays.toString(shape) + ". Convert it with numpy.");
        }
        double[] values = array.doubles();
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            if (!(values[i] >= 0 && values[i] < PictureFiles.MOST_PICTURES)) {
                throw ChiaroException.data(where + ": expected classes from 0, but found " + (long) values[i] + " at "
                        + i + ". Number the classes from 0.");
            }
            labels[i] = (int) values[i];
        }
        return labels;
    }
}
