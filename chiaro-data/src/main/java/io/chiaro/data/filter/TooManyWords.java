package io.chiaro.data.filter;

/**
 * Drops a pair with a text that is no caption any more: ALIGN leaves out those of more than 20 words (Jia et al., ICML 2021,
 * section 3).
 *
 * @param most words of each text
 */
public record TooManyWords(int most) implements PairRule<TextPair> {

    @Override
    public Reason reason() {
        return new Reason("too-many-words", "have a text of more than " + most + " words");
    }

    @Override
    public boolean drops(TextPair pair) {
        return pair.sides().stream().anyMatch(side -> side.words().size() > most);
    }
}
