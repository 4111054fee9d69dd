package io.chiaro.onnx;

import io.chiaro.model.Pooling;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Turns the token states of a text into its vector, for graphs that hold no pooling of their own. */
final class TokenPooling {

    private static final double SMALLEST_NORM = 1e-12;

    private TokenPooling() {}

    /**
     * The vector of one text: its poolings one after the other, scaled to length one if asked. Sums run in double
     * precision.
     *
     * @param states token states, of which those of the text are {@code length} rows of {@code hidden} numbers from
     *     {@code offset} on
     */
    static float[] pool(
            FloatBuffer states, int offset, int length, int hidden, List<Pooling> poolings, boolean normalized) {
        float[] vector = new float[poolings.size() * hidden];
        for (int i = 0; i < poolings.size(); i++) {
            int target = i * hidden;
            switch (poolings.get(i)) {
                case CLS -> states.get(offset, vector, target, hidden);
                case LAST -> states.get(offset + (length - 1) * hidden, vector, target, hidden);
                case MAX -> maximum(states, offset, length, hidden, vector, target);
                case MEAN -> sum(states, offset, length, hidden, false, 1.0 / length, vector, target);
                case MEAN_SQRT -> sum(states, offset, length, hidden, false, 1 / Math.sqrt(length), vector, target);
                case WEIGHTED_MEAN -> {
                    double weights = length * (length + 1.0) / 2;
                    sum(states, offset, length, hidden, true, 1 / weights, vector, target);
                }
            }
        }
        if (normalized) {
            normalize(vector);
        }
        return vector;
    }

    private static void maximum(FloatBuffer states, int offset, int length, int hidden, float[] vector, int target) {
        Arrays.fill(vector, target, target + hidden, Float.NEGATIVE_INFINITY);
        for (int t = 0; t < length; t++) {
            for (int k = 0; k < hidden; k++) {
                vector[target + k] = Math.max(vector[target + k], states.get(offset + t * hidden + k));
            }
        }
    }

    /** scale * sum_t w_t h_t with w_t = t + 1 if weighted, else 1. */
    private static void sum(
            FloatBuffer states,
            int offset,
            int length,
            int hidden,
            boolean weighted,
            double scale,
            float[] vector,
            int target) {
        double[] sums = new double[hidden];
        for (int t = 0; t < length; t++) {
            double weight = weighted ? t + 1 : 1;
            for (int k = 0; k < hidden; k++) {
                sums[k] += weight * states.get(offset + t * hidden + k);
            }
        }
        for (int k = 0; k < hidden; k++) {
            vector[target + k] = (float) (scale * sums[k]);
        }
    }

    private static void normalize(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double norm = Math.max(Math.sqrt(squares), SMALLEST_NORM);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / norm);
        }
    }
}
