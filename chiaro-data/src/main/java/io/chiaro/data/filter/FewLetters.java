package io.chiaro.data.filter;

/**
 * Drops a pair with a text that is more numbers and signs than language, such as {@code 1920x1080} or {@code DSC_0042.JPG}. Letters are
 * counted, with the marks that belong to them, among all characters but white space.
 *
 * @param share of letters that each text has at least, from 0 to 1
 */
public record FewLetters(double share) implements PairRule<TextPair> {

    @Override
    public Reason reason() {
        return new Reason("few-letters", "have a text with a share of letters below " + share);
    }

    @Override
    public boolean drops(TextPair pair) {
        return pair.sides().stream().anyMatch(side -> letters(side.normalised()) < share);
    }

    /** The share of letters; 1 for an empty text, which has nothing else. */
    private static double letters(String text) {
        long all = text.codePoints().filter(c -> !Character.isWhitespace(c)).count();
        return all == 0 ? 1 : text.codePoints().filter(FewLetters::belongs).count() / (double) all;
    }

    private static boolean belongs(int c) {
        int type = Character.getType(c);
        return Character.isLetter(c)
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
