package io.chiaro.data.filter;

import java.util.HashSet;

/**
 * Drops a pair with a text whose words are nearly all the same.
 *
 * @param least different words of each text
 */
public record FewDistinctWords(int least) implements PairRule<TextPair> {

    @Override
    public Reason reason() {
        return new Reason("few-distinct-words", "have a text of fewer than " + least + " different words");
    }

    @Override
    public boolean drops(TextPair pair) {
        return pair.sides().stream().anyMatch(side -> new HashSet<>(side.words()).size() < least);
    }
}
