package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;

/** Numbers of the beta distribution. */
final class BetaNumbers {

    private BetaNumbers() {}

    /** A number in (0, 1), of one shape on both sides. */
    static double next(RandomStream random, double shape) {
        return next(random, shape, shape);
    }

    /** A number in (0, 1), by rejection (Joehnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", 1964). */
    static double next(RandomStream random, double first, double second) {
        while (true) {
            double x = Math.pow(1 - random.nextDouble(), 1 / first);
            double y = Math.pow(1 - random.nextDouble(), 1 / second);
            if (x + y <= 1) {
                return x / (x + y);
            }
        }
    }
}
