package io.chiaro.model;

import java.util.Arrays;

/**
 * A vector of which few numbers are not zero.
 *
 * @param ids where they stand, rising
 * @param weights what they are, one for each
 */
@SuppressWarnings("ArrayRecordComponent") // made for one computation, never compared
public record SparseVector(int[] ids, float[] weights) {

    public SparseVector {
        if (ids.length != weights.length) {
            throw new IllegalArgumentException(
                    "SparseVector: expected a weight for each of " + ids.length + " ids, but found " + weights.length);
        }
    }

    /** The numbers of a vector that are above zero. */
    public static SparseVector of(float[] dense) {
        int[] ids = new int[dense.length];
        float[] weights = new float[dense.length];
        int size = 0;
        for (int i = 0; i < dense.length; i++) {
            if (dense[i] > 0) {
                ids[size] = i;
                weights[size++] = dense[i];
            }
        }
        return new SparseVector(Arrays.copyOf(ids, size), Arrays.copyOf(weights, size));
    }

    /** How many numbers are not zero. */
    public int size() {
        return ids.length;
    }
}
