package io.chiaro.objective;

/**
 * Slot 5: how near two embeddings are. A score is {@code scale * kind(x, y)}; the scale is one over the temperature and
 * fixed.
 *
 * @param kind the measure
 * @param scale above 0
 */
public record Similarity(Kind kind, double scale) {

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
        ANGLE(new Geometry.Angle());

        private final Geometry geometry;

        Kind(Geometry geometry) {
            this.geometry = geometry;
        }

        Geometry geometry() {
            return geometry;
        }

        /** Whether equal vectors have the score 0 and all others less. */
        boolean isDistance() {
            return geometry instanceof Geometry.NegativeDistance;
        }
    }

    public Similarity {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("Similarity: the scale must be above 0, but was " + scale);
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
