package io.chiaro.objective.feature;

/** The inverse of the standard normal distribution's function. */
final class NormalQuantile {

    private NormalQuantile() {}

    /** The number below which a share p of 0..1 lies, by Newton's method; exact to 1e-12. */
    static double of(double p) {
        if (p > 0.5) {
            return -of(1 - p);
        }
        double x = 0;
        for (int i = 0; i < 100; i++) {
            double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            // From 0 leftwards the function is convex, so no step passes the root.
            double step = (below(x) - p) / density;
            x -= step;
            if (Math.abs(step) < 1e-14) {
                break;
            }
        }
        return x;
    }

    /** The share below x of -38..0: half of it by the series x + x^3/3 + x^5/15 + ... (Marsaglia, 2004, section 2). */
    private static double below(double x) {
        double sum = x;
        double term = x;
        for (int k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
            term *= x * x / k;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
