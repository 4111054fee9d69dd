package io.chiaro.search.mining;

import io.chiaro.core.ChiaroException;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Which of the nearest texts are taken as negatives. The nearest of all are often answers that nobody marked (in MS MARCO seven of ten,
 * by Qu et al., "RocketQA", NAACL 2021), hence the range and the margins.
 *
 * @param negatives of each pair, at least 1
 * @param fewest negatives with which a pair is kept, from 1 to all of them
 * @param passedOver ranks passed over, counted without the positives
 * @param lookedAt the last rank looked at; empty for as many as it takes: the negatives, ten times as many where others
 *     than the model have a say, a score may refuse some or some are drawn
 * @param scores which scores a negative may have
 * @param sampling which of those that are left
 * @param seed of random sampling
 */
public record MiningSettings(
        int negatives, int fewest, int passedOver, OptionalInt lookedAt, Scores scores, Sampling sampling, long seed) {

    private static final int MORE = 10;
    private static final int MOST = 100_000;

    /**
     * Which scores a negative may have. Where an anchor has several positives, the lowest score among them counts for all: a text above
     * a known answer may well be an answer itself, and is no negative of a better one either.
     *
     * @param absoluteMargin at most that of the positive less this
     * @param relativeMargin at most that of the positive less this share of its size (0.05: de Souza P. Moreira et al.,
     *     "NV-Retriever", 2024, section 4, "TopK-PercPos")
     * @param highest at most this
     * @param lowest at least this
     * @param guideMargin with a guide: its score of a negative is at most its score of the positive less this (Solatorio,
     *     "GISTEmbed", 2024)
     */
    public record Scores(
            OptionalDouble absoluteMargin,
            OptionalDouble relativeMargin,
            OptionalDouble highest,
            OptionalDouble lowest,
            double guideMargin) {

        /** Any. */
        public static final Scores ANY = new Scores(
                OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), 0);

        public Scores {
            finite("absolute margin", absoluteMargin);
            finite("relative margin", relativeMargin);
            finite("highest score", highest);
            finite("lowest score", lowest);
            finite("guide margin", OptionalDouble.of(guideMargin));
            if (lowest.isPresent() && highest.isPresent() && lowest.getAsDouble() > highest.getAsDouble()) {
                throw ChiaroException.usage("mining: expected a lowest score that is not above the highest, but found "
                        + lowest.getAsDouble() + " and " + highest.getAsDouble() + ". No text could be a negative.");
            }
        }

        private static void finite(String name, OptionalDouble value) {
            if (value.isPresent() && !Double.isFinite(value.getAsDouble())) {
                throw ChiaroException.usage("mining: expected a finite " + name + ", but found " + value.getAsDouble()
                        + ". Choose another number.");
            }
        }

        /** Whether a candidate may be refused by its score. */
        boolean refuse() {
            return absoluteMargin.isPresent()
                    || relativeMargin.isPresent()
                    || highest.isPresent()
                    || lowest.isPresent();
        }
    }

    /** Which of the candidates that are left become negatives. */
    public enum Sampling {
        /** The nearest. */
        TOP,
        /** Any, drawn without return. */
        RANDOM
    }

    public MiningSettings {
        within("negatives", negatives, 1);
        if (fewest < 1 || fewest > negatives) {
            throw ChiaroException.usage("mining: expected from 1 to " + negatives
                    + " negatives to keep a pair with, but found " + fewest + ". Choose another number.");
        }
        within("passed over", passedOver, 0);
        if (lookedAt.isPresent() && lookedAt.getAsInt() < passedOver + negatives) {
            throw ChiaroException.usage("mining: expected to look at " + (passedOver + negatives) + " ranks at least, "
                    + passedOver + " passed over and " + negatives + " negatives, but found " + lookedAt.getAsInt()
                    + ". Look further, or ask for less.");
        }
        within("looked at", lookedAt.orElse(1), 1);
    }

    private static void within(String name, int value, int least) {
        if (value < least || value > MOST) {
            throw ChiaroException.usage("mining: expected " + name + " from " + least + " to " + MOST + ", but found "
                    + value + ". Choose another number.");
        }
    }

    /** Three of the nearest, whatever they score. */
    public static MiningSettings defaults() {
        return new MiningSettings(3, 3, 0, OptionalInt.empty(), Scores.ANY, Sampling.TOP, 42);
    }

    /** These with so many negatives of each pair, all of them. */
    public MiningSettings withNegatives(int count) {
        return new MiningSettings(count, count, passedOver, lookedAt, scores, sampling, seed);
    }

    /** These with pairs that have fewer negatives too. */
    public MiningSettings withFewest(int least) {
        return new MiningSettings(negatives, least, passedOver, lookedAt, scores, sampling, seed);
    }

    /** These with another range of ranks. */
    public MiningSettings withRange(int over, OptionalInt at) {
        return new MiningSettings(negatives, fewest, over, at, scores, sampling, seed);
    }

    /** These with other scores of negatives. */
    public MiningSettings withScores(Scores other) {
        return new MiningSettings(negatives, fewest, passedOver, lookedAt, other, sampling, seed);
    }

    /** These with another way to choose. */
    public MiningSettings withSampling(Sampling other, long from) {
        return new MiningSettings(negatives, fewest, passedOver, lookedAt, scores, other, from);
    }

    /**
     * The last rank that is looked at.
     *
     * @param judged whether a guide or a rescorer has a say, so that it has something to choose from
     */
    int last(boolean judged) {
        boolean picky = judged || scores.refuse() || sampling == Sampling.RANDOM;
        return lookedAt.orElse(Math.min(MOST, passedOver + (picky ? MORE * negatives : negatives)));
    }
}
