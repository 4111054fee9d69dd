package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import java.util.HashMap;
import java.util.Map;

/**
 * The mean vector of each group, to be taken away from the group's vectors: where texts of two languages mean the same, what tells the
 * languages apart is mostly their means (the shift of Wu et al., "Unsupervised Context Aware Sentence Representation Pretraining for Multi-lingual
 * Dense Retrieval", IJCAI 2022, cross-lingual calibration; it needs no text in two languages).
 *
 * <pre>
 * x' = (x - mean of x's group) / |x - mean of x's group|
 * </pre>
 *
 * <p>Sums are in double precision. Not thread-safe.
 */
public final class GroupMeans {

    private static final class Sum {
        private final double[] values;
        private long count;

        Sum(int dimension) {
            this.values = new double[dimension];
        }
    }

    private final Map<String, Sum> sums = new HashMap<>();

    /** Adds a vector to the mean of its group. */
    public void add(String group, float[] vector) {
        Sum sum = sums.computeIfAbsent(group, name -> new Sum(vector.length));
        for (int k = 0; k < vector.length; k++) {
            sum.values[k] += vector[k];
        }
        sum.count++;
    }

    /** The number of groups. */
    public int groups() {
        return sums.size();
    }

    /**
     * A vector without the mean of its group, of length one, a new array. All zeros where it is its group's mean, as the only one of a group
     * is.
     *
     * @throws ChiaroException of kind data if no vector of the group was added
     */
    public float[] centred(String group, float[] vector) {
        Sum sum = sums.get(group);
        if (sum == null) {
            throw ChiaroException.data("means: expected a group whose mean is known, but found \"" + group + "\", of "
                    + sums.size() + ". Take its vectors into the means.");
        }
        double[] rest = new double[vector.length];
        double squares = 0;
        for (int k = 0; k < rest.length; k++) {
            rest[k] = vector[k] - sum.values[k] / sum.count;
            squares += rest[k] * rest[k];
        }
        float[] centred = new float[rest.length];
        double length = Math.sqrt(squares);
        for (int k = 0; k < rest.length && length > 0; k++) {
            centred[k] = (float) (rest[k] / length);
        }
        return centred;
    }
}
