package io.chiaro.search.mining;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sentences and words by the rules of the Unicode standard, annex 29, with what these leave out. */
final class TextParts {

    /** After these a full stop ends no sentence, though the next word may be a name. */
    private static final Set<String> SHORTENED = Set.of(
            "dr", "mr", "mrs", "ms", "prof", "st", "sr", "jr", "gen", "col", "lt", "sgt", "capt", "rev", "hon", "gov",
            "sen", "rep", "vs", "cf", "e.g", "i.e", "fig", "figs", "eq", "no", "vol", "ch", "sec", "pp", "al", "approx",
            "ca", "hr", "fr", "nr", "abb", "bzw", "z.b", "d.h", "u.a", "mme", "mlle", "sra");

    private static final Pattern LAST_WORD = Pattern.compile("(?<![\\p{L}\\p{N}.])([\\p{L}][\\p{L}.]*)\\.$");
    private static final Pattern WITHOUT_BLANKS = Pattern.compile(
            "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}]");
    private static final Pattern CHUNK = Pattern.compile("\\S+");

    private TextParts() {}

    /** Where a word stands in its text, with the marks that touch it. */
    record Word(int start, int end) {}

    /** The sentences, without blanks around; none is cut behind an abbreviation or an initial. */
    static List<String> sentences(String text) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
        breaks.setText(text);
        List<String> sentences = new ArrayList<>();
        int from = breaks.first();
        for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
            String sentence = text.substring(from, to).strip();
            if (to < text.length() && endsShortened(sentence)) {
                continue;
            }
            if (!sentence.isEmpty()) {
                sentences.add(sentence);
            }
            from = to;
        }
        String rest = text.substring(Math.min(from, text.length())).strip();
        if (!rest.isEmpty()) {
            sentences.add(rest);
        }
        return sentences;
    }

    private static boolean endsShortened(String sentence) {
        Matcher last = LAST_WORD.matcher(sentence);
        if (!last.find()) {
            return false;
        }
        String word = last.group(1);
        return SHORTENED.contains(word.toLowerCase(Locale.ROOT))
                || word.length() == 1 && Character.isUpperCase(word.charAt(0)) && !word.equals("I");
    }

    /** The words: what stands between blanks, and where a script has none, what the standard takes for a word. */
    static List<Word> words(String text) {
        List<Word> words = new ArrayList<>();
        Matcher chunks = CHUNK.matcher(text);
        while (chunks.find()) {
            if (WITHOUT_BLANKS.matcher(chunks.group()).find()) {
                within(text, chunks.start(), chunks.end(), words);
            } else {
                words.add(new Word(chunks.start(), chunks.end()));
            }
        }
        return words;
    }

    private static void within(String text, int start, int end, List<Word> words) {
        BreakIterator breaks = BreakIterator.getWordInstance(Locale.ROOT);
        String chunk = text.substring(start, end);
        breaks.setText(chunk);
        int from = 0;
        boolean word = false;
        int before = breaks.first();
        for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
            boolean next = Character.isLetterOrDigit(chunk.codePointAt(before));
            if (next && word) {
                words.add(new Word(start + from, start + before));
                from = before;
            }
            word |= next;
            before = to;
        }
        words.add(new Word(start + from, end));
    }
}
