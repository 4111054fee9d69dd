package io.chiaro.objective;

/**
 * False negatives named by a guide model (Solatorio, "GISTEmbed", 2024, section 3): a candidate that the guide holds to be
 * nearer than the positive, less a margin, is left out. The cosine of the guide is compared, in every direction, with
 * {@code guide(query, positive)}.
 *
 * @param margin at least 0; a larger one leaves out more
 * @param form what the margin is measured in
 */
public record GuideMask(double margin, Form form) {

    /** What the margin is measured in. */
    public enum Form {
        /** Left out above {@code guide(positive) - margin}. */
        ABSOLUTE,
        /** Left out above {@code guide(positive) - |guide(positive)| * margin}. */
        RELATIVE
    }

    public GuideMask {
        if (!(margin >= 0) || Double.isInfinite(margin)) {
            throw new IllegalArgumentException("GuideMask: the margin must not be negative, but was " + margin);
        }
    }

    /** The guide's cosine above which candidates are left out, for the cosine of the positive. */
    double threshold(double positive) {
        return positive - (form == Form.ABSOLUTE ? margin : Math.abs(positive) * margin);
    }
}
