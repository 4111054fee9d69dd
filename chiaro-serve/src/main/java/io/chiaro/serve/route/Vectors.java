package io.chiaro.serve.route;

import io.chiaro.serve.http.HttpProblem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/** Vectors on their way out: shortened, brought to length one, written. */
final class Vectors {

    /** As in {@code torch.nn.functional.normalize}, so that a vector of zeros stays one. */
    private static final double SMALLEST_LENGTH = 1e-12;

    private Vectors() {}

    /** The first numbers of a vector: of a model trained for it, an embedding too (Kusupati et al., 2022). */
    static float[] shortened(float[] vector, int dimensions) {
        return dimensions == vector.length ? vector : Arrays.copyOf(vector, dimensions);
    }

    /** v / max(|v|, 1e-12). */
    static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.max(Math.sqrt(squares), SMALLEST_LENGTH);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    static double cosine(float[] a, float[] b) {
        float[] left = unit(a);
        float[] right = unit(b);
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += (double) left[i] * right[i];
        }
        return sum;
    }

    static void refuseInfinite(float[][] vectors) {
        for (float[] vector : vectors) {
            for (float value : vector) {
                if (!Float.isFinite(value)) {
                    throw HttpProblem.of(424, "the model gave numbers that are not finite for one of the texts.");
                }
            }
        }
    }

    /** A JSON list. Written directly, because a tree of a node for each number costs many times its text. */
    static void append(StringBuilder json, float[] vector) {
        json.append('[');
        for (int i = 0; i < vector.length; i++) {
            if (i > 0) {
                json.append(',');
            }
            json.append(vector[i]);
        }
        json.append(']');
    }

    /** The bytes of the numbers as little-endian float32, in base64. */
    static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
