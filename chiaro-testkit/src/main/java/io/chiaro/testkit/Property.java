package io.chiaro.testkit;

import java.util.SplittableRandom;

/**
 * Tries a property on many random cases. Case k of a run draws from its own generator, whose seed a failure names: set
 * the system property {@code chiaro.property.seed} to it to run that case first.
 */
public final class Property {

    private static final long DEFAULT_SEED = 42;

    private Property() {}

    /** A property: throws when it does not hold. */
    @FunctionalInterface
    public interface Body {
        /** Tests one case made from the random numbers. */
        void test(SplittableRandom random) throws Exception;
    }

    /** Tries the body on as many cases; the first failure stops, with the seed that repeats it. */
    public static void check(int cases, Body body) {
        long first = Long.getLong("chiaro.property.seed", DEFAULT_SEED);
        for (int i = 0; i < cases; i++) {
            long seed = first + i;
            try {
                body.test(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "The property fails in case " + i + " of " + cases + "; repeat it with -Dchiaro.property.seed="
                                + seed + ": " + e.getMessage(),
                        e);
            }
        }
    }
}
