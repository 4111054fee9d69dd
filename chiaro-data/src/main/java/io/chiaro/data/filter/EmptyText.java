package io.chiaro.data.filter;

/** Drops a pair with a text that is absent, or nothing but white space. */
public record EmptyText() implements PairRule<TextPair> {

    @Override
    public Reason reason() {
        return new Reason("empty-text", "have an empty text");
    }

    @Override
    public boolean drops(TextPair pair) {
        return pair.sides().stream().anyMatch(side -> side.normalised().isEmpty());
    }
}
