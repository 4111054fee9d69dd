package io.chiaro.data.filter;

/**
 * Drops a pair with a text that says too little: ALIGN leaves out captions of fewer than 3 words (Jia et al., "Scaling Up Visual
 * and Vision-Language Representation Learning With Noisy Text Supervision", ICML 2021, section 3).
 *
 * @param least words of each text
 */
public record TooFewWords(int least) implements PairRule<TextPair> {

    @Override
    public Reason reason() {
        return new Reason(
                "too-few-words",
                least == 1 ? "have a text without a word" : "have a text of fewer than " + least + " words");
    }

    @Override
    public boolean drops(TextPair pair) {
        return pair.sides().stream().anyMatch(side -> side.words().size() < least);
    }
}
