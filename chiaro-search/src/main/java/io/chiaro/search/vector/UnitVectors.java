package io.chiaro.search.vector;

import io.chiaro.core.ChiaroException;

/** Vectors of length one, whose products are cosines. */
public final class UnitVectors {

    private UnitVectors() {}

    /** v / max(|v|, 1e-12). */
    public static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.max(Math.sqrt(squares), 1e-12);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    /** Four sums, because one would wait for itself at each step. Doubles, so that equal vectors score equally. */
    public static float dot(float[] a, float[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            sum0 += (double) a[i] * b[i];
            sum1 += (double) a[i + 1] * b[i + 1];
            sum2 += (double) a[i + 2] * b[i + 2];
            sum3 += (double) a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            sum0 += (double) a[i] * b[i];
        }
        // Adding zero turns a negative zero, which a tiny sum may round to, into the other.
        return (float) (sum0 + sum1 + (sum2 + sum3)) + 0f;
    }

    /** Refuses a vector of a document that a model should not have made. */
    public static void check(String model, int dimension, String id, float[] vector) {
        if (vector.length != dimension) {
            throw ChiaroException.model(model + ": expected " + dimension + " numbers a vector, but found "
                    + vector.length + " for document " + id + ". The description of the model is wrong.");
        }
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw ChiaroException.model(model + ": expected finite numbers in a vector, but found " + value
                        + " for document " + id + ". The weights are broken; train or export the model again.");
            }
        }
    }
}
