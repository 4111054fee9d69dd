package io.chiaro.search.mining;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What mining found.
 *
 * @param records one for each pair that has enough negatives, in the order of the pairs
 * @param pairs different pairs that were told
 * @param texts different texts that were searched
 * @param refused why candidates within the range were not taken, counted once for each pair
 * @param tooFew pairs with fewer candidates left than negatives asked for
 */
public record Mined(List<Example> records, int pairs, int texts, Map<Reason, Long> refused, int tooFew) {

    /** Why a candidate was not taken. */
    public enum Reason {
        /** It is a positive of the anchor, or the same text but for case and spaces. */
        POSITIVE("are the anchor or a positive of it"),
        /** It stands before the range. */
        PASSED_OVER("stand before the range"),
        /** Its score is too near the positive's. */
        ABSOLUTE_MARGIN("are within the absolute margin of the positive"),
        /** Its score is too near the positive's. */
        RELATIVE_MARGIN("are within the relative margin of the positive"),
        /** Its score is above the highest. */
        HIGHEST("score more than the highest"),
        /** Its score is below the lowest. */
        LOWEST("score less than the lowest"),
        /** The guide finds it as near as the positive. */
        GUIDE("are answers by the guide");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** The reason after "so many candidates". */
        public String words() {
            return words;
        }
    }

    /**
     * A pair with its negatives.
     *
     * @param score of the positive, its cosine with the anchor
     * @param negatives best first
     */
    public record Example(String anchor, String positive, double score, List<Negative> negatives) {
        public Example {
            negatives = List.copyOf(negatives);
        }
    }

    /**
     * A negative.
     *
     * @param score its cosine with the anchor
     * @param rank from 1, counted without the positives
     */
    public record Negative(String text, double score, int rank) {}

    public Mined {
        records = List.copyOf(records);
        Map<Reason, Long> counted = new EnumMap<>(Reason.class);
        counted.putAll(refused);
        refused = Collections.unmodifiableMap(counted);
    }

    /** The mean score of the positives of the records. */
    public double meanPositive() {
        return records.stream().mapToDouble(Example::score).average().orElse(Double.NaN);
    }

    /** The mean score of their negatives. */
    public double meanNegative() {
        return records.stream()
                .flatMap(record -> record.negatives().stream())
                .mapToDouble(Negative::score)
                .average()
                .orElse(Double.NaN);
    }
}
