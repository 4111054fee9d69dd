package io.chiaro.cli.inspection;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.Npy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Items with their vectors and what is known of them.
 *
 * @param views the vectors, [N, d] each; the second view of an item is what belongs to it
 * @param labels a class of each item, as often as items were labelled; empty without labels
 * @param labelNames what each labelling is called
 */
public record EmbeddedItems(List<float[][]> views, List<int[]> labels, List<String> labelNames) {

    public EmbeddedItems {
        views = List.copyOf(views);
        labels = List.copyOf(labels);
        labelNames = List.copyOf(labelNames);
    }

    /** How many items. */
    public int size() {
        return first().length;
    }

    /** The first view. */
    public float[][] first() {
        return views.get(0);
    }

    /** Whether there is a second view. */
    public boolean paired() {
        return views.size() > 1;
    }

    /** The second view, or the first if there is no other: what anchors are compared with. */
    public float[][] second() {
        return views.get(paired() ? 1 : 0);
    }

    /** Whether there are labels. */
    public boolean labelled() {
        return !labels.isEmpty();
    }

    /** The items at some places. */
    public EmbeddedItems at(int[] places) {
        return new EmbeddedItems(
                views.stream().map(view -> rows(view, places)).toList(),
                labels.stream()
                        .map(label ->
                                Arrays.stream(places).map(place -> label[place]).toArray())
                        .toList(),
                labelNames);
    }

    /** The rows at some places. */
    public static float[][] rows(float[][] view, int[] places) {
        float[][] rows = new float[places.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = view[places[i]];
        }
        return rows;
    }

    /** At most so many places of n, drawn by the seed, ascending. */
    public static int[] sample(int n, int most, long seed) {
        int[] places = RandomStream.of(seed, "inspect-sample").permutation(n);
        int[] taken = Arrays.copyOf(places, Math.min(n, most));
        Arrays.sort(taken);
        return taken;
    }

    /**
     * Reads arrays: each view [N, d], each labelling [N].
     *
     * @throws ChiaroException (data) if shapes do not fit or a number is not finite
     */
    public static EmbeddedItems read(List<Path> views, List<Path> labels) {
        List<float[][]> read = new ArrayList<>();
        for (Path file : views) {
            float[][] rows = vectors(file);
            if (!read.isEmpty() && (rows.length != read.get(0).length || rows[0].length != read.get(0)[0].length)) {
                throw ChiaroException.data(file + ": expected the shape [" + read.get(0).length + ", "
                        + read.get(0)[0].length + "] of the first view, but found [" + rows.length + ", "
                        + rows[0].length + "].");
            }
            read.add(rows);
        }
        List<int[]> classes = new ArrayList<>();
        for (Path file : labels) {
            Npy array = array(file);
            if (array.shape().length != 1 || array.shape()[0] != read.get(0).length) {
                throw ChiaroException.data(file + ": expected " + read.get(0).length
                        + " labels, one for each row of a view, but found the shape " + Arrays.toString(array.shape())
                        + ".");
            }
            double[] values = array.doubles();
            int[] own = new int[values.length];
            for (int i = 0; i < own.length; i++) {
                own[i] = (int) values[i];
                if (own[i] != values[i]) {
                    throw ChiaroException.data(
                            file + ": expected whole numbers as labels, but found " + values[i] + " in row " + i + ".");
                }
            }
            classes.add(own);
        }
        return new EmbeddedItems(
                read, classes, labels.stream().map(EmbeddedItems::nameOf).toList());
    }

    /** Reads vectors [N, d], float32 or float64. */
    public static float[][] vectors(Path file) {
        Npy array = array(file);
        int[] shape = array.shape();
        if (shape.length != 2 || shape[0] < 2 || shape[1] < 1) {
            throw ChiaroException.data(file + ": expected an array [N, d] of two rows or more, but found the shape "
                    + Arrays.toString(shape) + ".");
        }
        float[] values = array.floats();
        float[][] rows = new float[shape[0]][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * shape[1], (i + 1) * shape[1]);
            for (float value : rows[i]) {
                if (!Float.isFinite(value)) {
                    throw ChiaroException.data(
                            file + ": expected finite numbers, but found " + value + " in row " + i + ".");
                }
            }
        }
        return rows;
    }

    private static Npy array(Path file) {
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected an array in NumPy's format, but found "
                    + (Files.exists(file) ? "a folder" : "nothing") + ". Check the path.");
        }
        return Npy.read(file);
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.npy$", "");
    }
}
