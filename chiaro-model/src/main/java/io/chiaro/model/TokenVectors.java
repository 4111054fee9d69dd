package io.chiaro.model;

/**
 * The vectors of a text's tokens, each of length one, one behind the other.
 *
 * @param width numbers of a vector
 * @param values of all of them
 */
@SuppressWarnings("ArrayRecordComponent") // made for one computation, never compared
public record TokenVectors(int width, float[] values) {

    public TokenVectors {
        if (width < 1 || values.length % width != 0) {
            throw new IllegalArgumentException(
                    "TokenVectors: expected vectors of " + width + " numbers, but found " + values.length + " in all");
        }
    }

    /**
     * Only the vectors that count.
     *
     * @param counts a word for each of them
     */
    TokenVectors kept(boolean[] counts) {
        int size = 0;
        for (boolean each : counts) {
            size += each ? 1 : 0;
        }
        if (size == counts.length) {
            return this;
        }
        float[] some = new float[size * width];
        int at = 0;
        for (int t = 0; t < counts.length; t++) {
            if (counts[t]) {
                System.arraycopy(values, t * width, some, at, width);
                at += width;
            }
        }
        return new TokenVectors(width, some);
    }

    /** How many vectors there are. */
    public int size() {
        return values.length / width;
    }

    /**
     * The score of a document for this query, {@code sum over x of max over y of x y} with the query's vectors x and the document's y
     * (Khattab and Zaharia, "ColBERT", SIGIR 2020, eq. 3); 0 where the document has none.
     */
    public float maxSim(TokenVectors document) {
        if (document.size() == 0) {
            return 0;
        }
        double sum = 0;
        for (int x = 0; x < values.length; x += width) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int y = 0; y < document.values.length; y += width) {
                float product = 0;
                for (int k = 0; k < width; k++) {
                    product += values[x + k] * document.values[y + k];
                }
                largest = Math.max(largest, product);
            }
            sum += largest;
        }
        return (float) sum;
    }
}
