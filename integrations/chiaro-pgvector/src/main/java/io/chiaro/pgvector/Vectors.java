package io.chiaro.pgvector;

import io.chiaro.core.ChiaroException;

/** Vectors as pgvector reads them. */
final class Vectors {

    private Vectors() {}

    /**
     * {@code [1.0,2.5]}; every float comes back as it was.
     *
     * @param whose begins the error
     * @throws ChiaroException of kind MODEL for another length, for a number that is not finite, or if all are 0, since such a
     *     vector has no cosine
     */
    static String literal(String whose, float[] vector, int dimension) {
        if (vector.length != dimension) {
            throw ChiaroException.model(whose + ": expected a vector of " + dimension + " numbers, but found "
                    + vector.length + ". Embed it with the model that fills the table.");
        }
        StringBuilder text = new StringBuilder(12 * vector.length);
        boolean empty = true;
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw ChiaroException.model(whose + ": expected finite numbers in a vector, but found " + value
                        + ". The weights are broken; train or export the model again.");
            }
            empty &= value == 0;
            text.append(text.isEmpty() ? '[' : ',').append(value);
        }
        if (empty) {
            throw ChiaroException.model(
                    whose + ": expected a vector with a direction, but all its numbers are 0. Leave this text out.");
        }
        return text.append(']').toString();
    }
}
