package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;

/** Numbers of the symmetric beta distribution. */
final class BetaNumbers {

    private BetaNumbers() {}

    /** A number in (0, 1), by rejection (Joehnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", 1964). */
    static double next(RandomStream random, double shape) {
        while (true) {
            double x = Math.pow(1 - random.nextDouble(), 1 / shape);
            double y = Math.pow(1 - random.nextDouble(), 1 / shape);
            if (x + y <= 1) {
                return x / (x + y);
            }
        }
    }
}
