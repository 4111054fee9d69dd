package io.chiaro.train;

import io.chiaro.data.Npy;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What the folder of a run keeps of a linear predictor, so that its directions can be compared with those of its inputs: {@code
 * predictor.npy} [d, d] and {@code predictor-inputs.npy} [n, d].
 */
public final class PredictorFiles {

    /** Of the data, whose projections are kept. */
    public static final int MOST_INPUTS = 1000;

    private PredictorFiles() {}

    /**
     * Writes both.
     *
     * @param matrix W [d][d], which makes {@code W f} of a projection f
     * @param inputs projections f of some items of the data, [n][d]
     */
    public static void write(Path folder, float[][] matrix, float[][] inputs) {
        write(folder.resolve("predictor.npy"), matrix);
        write(folder.resolve("predictor-inputs.npy"), inputs);
    }

    private static void write(Path file, float[][] rows) {
        Npy.write(file, rows.length, rows[0].length, Arrays.stream(rows).iterator());
    }
}
