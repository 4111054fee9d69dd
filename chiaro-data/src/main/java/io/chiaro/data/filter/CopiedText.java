package io.chiaro.data.filter;

/**
 * Drops a pair whose positive says its anchor again: a model learns nothing from it but to compare letters.
 *
 * @param contained whether an anchor that stands word by word inside its positive is a copy too; titles of their texts are not
 *     meant to be, so that this is no default
 */
public record CopiedText(boolean contained) implements PairRule<TextPair> {

    @Override
    public Reason reason() {
        return new Reason(
                "copied-text",
                contained ? "have a positive that contains the anchor" : "have a positive equal to the anchor");
    }

    @Override
    public boolean drops(TextPair pair) {
        PairText anchor = pair.anchor();
        PairText positive = pair.positive();
        return anchor.normalised().equals(positive.normalised())
                || contained && !anchor.words().isEmpty() && phrase(positive).contains(phrase(anchor));
    }

    /** With a blank on both sides, so that no word is found inside another. */
    private static String phrase(PairText text) {
        return " " + String.join(" ", text.words()) + " ";
    }
}
