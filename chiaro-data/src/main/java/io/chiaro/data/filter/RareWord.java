package io.chiaro.data.filter;

import io.chiaro.data.TextIdentity;
import java.util.HashSet;
import java.util.stream.Stream;

/**
 * Drops a pair with a word that hardly any other text has: a name of a file, a slip, a line of another language. ALIGN leaves out
 * captions with a word or a pair of words outside of the 100 million most frequent (Jia et al., ICML 2021, section 3); here a
 * word is rare by how many texts have it, since a bound on ranks means nothing for a small file. Words are compared by 64-bit hashes.
 */
public final class RareWord implements PairRule<TextPair> {

    private final int least;
    private final HashCounts texts = new HashCounts();

    /**
     * The rule.
     *
     * @param least texts of the file, on either side, that have each word of a pair that stays
     */
    public RareWord(int least) {
        this.least = least;
    }

    @Override
    public Reason reason() {
        return new Reason("rare-word", "have a word that stands in fewer than " + least + " texts");
    }

    @Override
    public void see(TextPair pair) {
        words(pair).forEach(word -> texts.add(TextIdentity.hash(word)));
    }

    @Override
    public boolean drops(TextPair pair) {
        return words(pair).anyMatch(word -> texts.of(TextIdentity.hash(word)) < least);
    }

    /** The words of both texts, each once a text. */
    private static Stream<String> words(TextPair pair) {
        return pair.sides().stream().flatMap(side -> new HashSet<>(side.words()).stream());
    }
}
