package io.chiaro.search.mining;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What mining found.
 *
 * @param records one for each pair that has negatives enough, in the order of the pairs
 * @param counts of what was read and left out
 * @param refused why candidates were not taken, counted once for each pair
 */
public record Mined(List<Example> records, Counts counts, Map<Reason, Long> refused) {

    /**
     * How many there were.
     *
     * @param pairs different pairs that were told
     * @param merged further pairs, which said what an earlier one says in the same spelling
     * @param texts different texts that were searched
     * @param positives different ones, in whatever spelling
     * @param inCorpus of these, which a document of the corpus says, or its text or its title alone
     * @param tooFew pairs with too few candidates left
     */
    public record Counts(int pairs, int merged, int texts, int positives, int inCorpus, int tooFew) {}

    /** Why a candidate was not taken. */
    public enum Reason {
        /** It is the anchor or a positive of it but for case and spaces, or it is a document whose text or title alone is. */
        POSITIVE("are the anchor or a positive of it"),
        /** The anchor or a positive of it stands in it word for word. */
        CONTAINS("contain the anchor or a positive of it"),
        /** A nearer candidate is the same but for case and spaces. */
        REPEATED("say what a nearer one says"),
        /** It stands before the range. */
        PASSED_OVER("stand before the range"),
        /** Its score is too near that of the lowest positive. */
        ABSOLUTE_MARGIN("are within the absolute margin of the positive"),
        /** Its score is too near that of the lowest positive. */
        RELATIVE_MARGIN("are within the relative margin of the positive"),
        /** Its score is above the highest. */
        HIGHEST("score more than the highest"),
        /** Its score is below the lowest. */
        LOWEST("score less than the lowest"),
        /** The guide finds it as near as a positive. */
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
     * A pair with its negatives, all as they were written.
     *
     * @param pair its place among the pairs that were told, from 0
     * @param score of the positive, its cosine with the anchor or what a rescorer says
     * @param negatives best first
     */
    public record Example(int pair, String anchor, String positive, double score, List<Negative> negatives) {
        public Example {
            negatives = List.copyOf(negatives);
        }
    }

    /**
     * A negative.
     *
     * @param score its cosine with the anchor, or what a rescorer says
     * @param rank in the order of the model, from 1, counted without the positives
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
