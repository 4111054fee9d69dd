package io.chiaro.example.papers.feed;

import java.time.LocalDate;

/**
 * A paper as a feed lists it.
 *
 * @param id the same in every feed that lists it
 * @param title one line
 * @param abstractText one line
 * @param date of publication
 * @param votes of readers, at least 0
 */
public record Listing(String id, String title, String abstractText, LocalDate date, int votes) {

    private static final int LONGEST_ID = 200;
    private static final int LONGEST_TITLE = 1_000;
    private static final int LONGEST_ABSTRACT = 20_000;

    /**
     * Spaces and line breaks become single spaces.
     *
     * @throws IllegalArgumentException with a sentence that says what was expected
     */
    public Listing {
        title = oneLine(title);
        abstractText = oneLine(abstractText);
        check(id.equals(oneLine(id)) && isFilled(id, LONGEST_ID), "an id of 1 to " + LONGEST_ID + " characters");
        check(isFilled(title, LONGEST_TITLE), "a title of 1 to " + LONGEST_TITLE + " characters");
        check(isFilled(abstractText, LONGEST_ABSTRACT), "an abstract of 1 to " + LONGEST_ABSTRACT + " characters");
        check(date.getYear() >= 1000 && date.getYear() <= 9999, "a date with a year of four digits");
        check(votes >= 0, "votes of at least 0");
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }

    private static boolean isFilled(String text, int longest) {
        return !text.isEmpty() && text.length() <= longest;
    }

    private static void check(boolean holds, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("expected " + expected + ".");
        }
    }
}
