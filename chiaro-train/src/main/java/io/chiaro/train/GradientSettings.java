package io.chiaro.train;

/**
 * How the gradient of a step is made.
 *
 * @param batches how many batches it is the mean of; each is contrasted only with itself, so more of them give a steadier
 *     gradient and not one more negative
 * @param sharpnessRadius how far the weights climb before the gradient is taken (Foret et al., "Sharpness-Aware Minimization",
 *     ICLR 2021, rho); 0 for the gradient where they are
 */
public record GradientSettings(int batches, double sharpnessRadius) {

    public GradientSettings {
        if (batches < 1 || !(sharpnessRadius >= 0) || Double.isInfinite(sharpnessRadius)) {
            throw new IllegalArgumentException(
                    "GradientSettings: expected at least one batch and a radius of at least 0, but found " + batches
                            + " and " + sharpnessRadius);
        }
    }

    /** One batch, where the weights are. */
    public static GradientSettings defaults() {
        return new GradientSettings(1, 0);
    }
}
