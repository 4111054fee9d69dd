package io.chiaro.data.filter;

import io.chiaro.data.TextIdentity;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A text of a pair as rules look at it.
 *
 * @param text as it stands in the file
 * @param normalised the spelling that all spellings of it share
 * @param words runs of letters, digits and marks of the normalised text, with apostrophes inside; where the script sets no blanks
 *     (Han, Hiragana, Katakana) every character is a word
 */
public record PairText(String text, String normalised, List<String> words) {

    private static final String CHARACTERS = "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}";
    private static final String IN_WORDS = "[\\p{L}\\p{M}\\p{N}&&[^" + CHARACTERS + "]]+";
    private static final Pattern WORD =
            Pattern.compile("[" + CHARACTERS + "]|" + IN_WORDS + "(?:['\u2019]" + IN_WORDS + ")*");

    public PairText {
        words = List.copyOf(words);
    }

    /** A text with its words. */
    public static PairText of(String text) {
        String normalised = TextIdentity.normalised(text);
        return new PairText(
                text,
                normalised,
                WORD.matcher(normalised).results().map(MatchResult::group).toList());
    }
}
