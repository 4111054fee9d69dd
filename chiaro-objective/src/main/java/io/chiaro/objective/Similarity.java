package io.chiaro.objective;

import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;

/**
 * Slot 5: how near two embeddings are. A score is {@code scale * kind(x, y)}; the scale is one over the temperature.
 *
 * @param kind the measure
 * @param scale above 0; where it changes, where it begins
 * @param temperaturePolicy whose the scale is, and what becomes of it
 */
public record Similarity(Kind kind, double scale, TemperaturePolicy temperaturePolicy) {

    /** The logarithm of a learned scale: the memory of that name, one number. */
    public static final String LOG_SCALE = "log-scale";
    /** What a learned bias adds to every score: the memory of that name, one number. */
    public static final String BIAS = "bias";
    /** The temperature of a step, where a run changes it: the memory of that name, one number. */
    public static final String SCHEDULED = "scheduled-temperature";

    /** With a fixed scale. */
    public Similarity(Kind kind, double scale) {
        this(kind, scale, TemperaturePolicy.FIXED);
    }

    /** What is added to every score in a batch. */
    double biasIn(Views views) {
        Tensor learned =
                temperaturePolicy.memories().contains(BIAS) ? views.memories().get(BIAS) : null;
        return learned == null ? 0 : learned.to(DType.DOUBLE).item();
    }

    /** The measures. */
    public enum Kind {
        /** x y / (|x| |y|). */
        COSINE(new Geometry.Cosine()),
        /** x y. */
        DOT(new Geometry.Dot()),
        /** -|x - y|. */
        NEGATIVE_DISTANCE(new Geometry.NegativeDistance()),
        /** -|x / |x| - y / |y||. */
        UNIT_NEGATIVE_DISTANCE(new Geometry.UnitNegativeDistance()),
        /** -|x - y|^2. */
        NEGATIVE_SQUARED_DISTANCE(new Geometry.NegativeSquaredDistance()),
        /** -|x / |x| - y / |y||^2. */
        UNIT_NEGATIVE_SQUARED_DISTANCE(new Geometry.UnitNegativeSquaredDistance()),
        /** -log(1 + |x - y|^2): Student's t with one degree of freedom. */
        STUDENT(new Geometry.Student()),
        /**
         * -var(x - y) / var(x) of unit rows, variances over features, x the anchor: the noise that y adds to the signal x (Yuan
         * et al., "Signal-to-Noise Ratio", CVPR 2019, eq. 5).
         */
        UNIT_NEGATIVE_NOISE(new Geometry.UnitNegativeNoise()),
        /**
         * The difference of angles in complex space of Li and Li, "AoE: Angle-optimized Embeddings" (ACL 2024), section 3.3:
         * the halves of an embedding are real and imaginary parts, and the measure is the absolute sum of both parts of
         * x / y after normalisation.
         */
        ANGLE(new Geometry.Angle()),
        /**
         * sum over vectors x of the anchor of max over vectors y of the candidate of x y / (|x| |y|): late interaction (Khattab and
         * Zaharia, "ColBERT", SIGIR 2020, eq. 3). Of one vector each it is the cosine. For candidates of the whole batch and for aligned
         * ones, not for blocks of rows.
         */
        MAX_SIM(new MaxSim());

        private final Geometry geometry;

        Kind(Geometry geometry) {
            this.geometry = geometry;
        }

        Geometry geometry() {
            return geometry;
        }

        /** Whether it is a product of rows, so that the mean of many scores is the score of the mean. */
        boolean isProduct() {
            return this == COSINE || this == DOT;
        }

        /** Whether equal rows have the score 0 and all others less, as of distances with their sign turned. */
        boolean isBelowZero() {
            return this != COSINE && this != DOT && this != ANGLE && this != MAX_SIM;
        }
    }

    public Similarity {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("Similarity: the scale must be above 0, but was " + scale);
        }
        if (temperaturePolicy.memories().contains(LOG_SCALE) && !(scale >= 1 && scale <= 100)) {
            throw new IllegalArgumentException(
                    "Similarity: a scale that is learned lies between 1 and 100, but was " + scale);
        }
    }

    /** Cosine times a scale. */
    public static Similarity cosine(double scale) {
        return new Similarity(Kind.COSINE, scale);
    }

    /** Dot product times a scale. */
    public static Similarity dot(double scale) {
        return new Similarity(Kind.DOT, scale);
    }

    /** Negative Euclidean distance times a scale. */
    public static Similarity negativeDistance(double scale) {
        return new Similarity(Kind.NEGATIVE_DISTANCE, scale);
    }

    /** AnglE's measure times a scale. */
    public static Similarity angle(double scale) {
        return new Similarity(Kind.ANGLE, scale);
    }

    /** One over the scale. */
    public double temperature() {
        return 1 / scale;
    }
}
