package io.chiaro.data.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * By what texts alone pairs are dropped. A 0 leaves a bound on words, pairs or texts out.
 *
 * @param minWords words of each text, at least
 * @param maxWords words of each text, at most
 * @param minDistinctWords different words of each text, at least
 * @param minLetters share of letters in each text, at least; from 0 to 1
 * @param maxRepetition share of a text's words that are one and the same, at most; from 0 to 1
 * @param copies what is a copy
 * @param maxShared pairs that a text may stand in on one side, at most
 * @param minWordTexts texts that have each word, at least
 */
public record TextRuleSettings(
        int minWords,
        int maxWords,
        int minDistinctWords,
        double minLetters,
        double maxRepetition,
        Copies copies,
        int maxShared,
        int minWordTexts) {

    /** Which positives are copies of their anchors. */
    public enum Copies {
        /** None. */
        KEEP,
        /** Those that are equal. */
        EQUAL,
        /** Those that contain it word by word, too. */
        CONTAINED
    }

    public TextRuleSettings {
        if (minWords < 0 || maxWords < 0 || minDistinctWords < 0 || maxShared < 0 || minWordTexts < 0) {
            throw new IllegalArgumentException("TextRuleSettings: expected bounds of at least 0, but found " + minWords
                    + ", " + maxWords + ", " + minDistinctWords + ", " + maxShared + " and " + minWordTexts);
        }
        if (!(minLetters >= 0 && minLetters <= 1 && maxRepetition >= 0 && maxRepetition <= 1)) {
            throw new IllegalArgumentException(
                    "TextRuleSettings: expected shares from 0 to 1, but found " + minLetters + " and " + maxRepetition);
        }
    }

    /**
     * What no pair of texts should be: one with a text without a word or of signs alone, of one word over and over, or a copy. How many
     * pairs may share a text is left open, since a question may have many answers, and a page may answer many questions.
     */
    public static TextRuleSettings defaults() {
        return new TextRuleSettings(1, 0, 0, 0.25, 0.5, Copies.EQUAL, 0, 0);
    }

    /** The bounds of ALIGN for captions (Jia et al., ICML 2021, section 3): 3 to 20 words, 10 pairs; and more letters. */
    public static TextRuleSettings captions() {
        return new TextRuleSettings(3, 20, 3, 0.5, 0.5, Copies.EQUAL, 10, 0);
    }

    /** The rules, in the order in which they are asked. */
    public List<PairRule<TextPair>> rules() {
        List<PairRule<TextPair>> rules = new ArrayList<>();
        rules.add(new EmptyText());
        if (minWords > 0) {
            rules.add(new TooFewWords(minWords));
        }
        if (maxWords > 0) {
            rules.add(new TooManyWords(maxWords));
        }
        if (minDistinctWords > 0) {
            rules.add(new FewDistinctWords(minDistinctWords));
        }
        if (minLetters > 0) {
            rules.add(new FewLetters(minLetters));
        }
        if (maxRepetition < 1) {
            rules.add(new RepeatedWord(maxRepetition));
        }
        if (copies != Copies.KEEP) {
            rules.add(new CopiedText(copies == Copies.CONTAINED));
        }
        if (maxShared > 0) {
            rules.add(new SharedText(TextPair.Side.ANCHOR, maxShared));
            rules.add(new SharedText(TextPair.Side.POSITIVE, maxShared));
        }
        if (minWordTexts > 0) {
            rules.add(new RareWord(minWordTexts));
        }
        return rules;
    }
}
