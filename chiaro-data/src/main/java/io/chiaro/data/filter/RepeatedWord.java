package io.chiaro.data.filter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Drops a pair with a text in which one word comes again and again, as Conceptual Captions leaves out candidates with a high rate
 * of repetition (Sharma et al., "Conceptual Captions", ACL 2018, section 3). Texts of fewer than 4 words are not looked at: two of
 * three equal words may be a title.
 *
 * @param share of a text's words that its commonest one takes at most, from 0 to 1
 */
public record RepeatedWord(double share) implements PairRule<TextPair> {

    private static final int FEWEST_WORDS = 4;

    @Override
    public Reason reason() {
        return new Reason("repeated-word", "have a text of which one word is more than a share of " + share);
    }

    @Override
    public boolean drops(TextPair pair) {
        return pair.sides().stream().anyMatch(side -> repeats(side.words()));
    }

    private boolean repeats(List<String> words) {
        Map<String, Integer> counts = new HashMap<>();
        int most = 0;
        for (String word : words) {
            most = Math.max(most, counts.merge(word, 1, Integer::sum));
        }
        return words.size() >= FEWEST_WORDS && most > share * words.size();
    }
}
