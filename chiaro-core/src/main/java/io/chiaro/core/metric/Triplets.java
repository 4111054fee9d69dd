package io.chiaro.core.metric;

/** Judging of triplets (anchor, positive, negative). */
public final class Triplets {

    private Triplets() {}

    /**
     * The share of triplets with {@code s(anchor, positive) > s(anchor, negative)}; an equal score is wrong, so that a
     * collapsed model earns nothing.
     *
     * @param positive the similarity of anchor and positive of each triplet
     * @param negative the similarity of anchor and negative, as many
     */
    public static double accuracy(double[] positive, double[] negative) {
        if (positive.length != negative.length || positive.length == 0) {
            throw new IllegalArgumentException(
                    "Triplets.accuracy: expected one negative for each of at least one positive, " + "but found "
                            + positive.length + " and " + negative.length);
        }
        int right = 0;
        for (int i = 0; i < positive.length; i++) {
            if (positive[i] > negative[i]) {
                right++;
            }
        }
        return (double) right / positive.length;
    }
}
