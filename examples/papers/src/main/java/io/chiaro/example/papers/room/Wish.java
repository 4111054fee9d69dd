package io.chiaro.example.papers.room;

import java.util.regex.Pattern;

/**
 * What a reader wants to hear of, and when a paper is about it: the oldest papers of a large room fill its first pages, and the
 * best of a few new ones may be about something else, so that no rank can tell.
 *
 * @param mode by words: a paper is about the query if a search by words finds it. Else if its vector has the least similarity, or, for
 *     words and meaning together, if the query stands in it letter for letter
 * @param leastSimilarity cosine of query and paper
 */
public record Wish(String query, SearchMode mode, double leastSimilarity) {

    /** For all-MiniLM-L6-v2; other models have other scales. */
    public static final double LEAST_SIMILARITY = 0.3;

    boolean stands(String text) {
        return Pattern.compile("(?<!\\w)" + Pattern.quote(query) + "(?!\\w)", FLAGS)
                .matcher(text)
                .find();
    }

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS;
}
