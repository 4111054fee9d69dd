package io.chiaro.search;

import io.chiaro.search.vector.Quantisation;

/**
 * How an index keeps its documents: chosen when it begins, and the same for those that are added later.
 *
 * @param quantisation in which form vectors are compared first
 * @param language in which words are compared
 */
public record IndexForm(Quantisation quantisation, Language language) {

    /** Whole vectors, English words. */
    public static IndexForm defaults() {
        return new IndexForm(Quantisation.NONE, Language.ENGLISH);
    }

    /** The same with vectors in another form. */
    public IndexForm with(Quantisation other) {
        return new IndexForm(other, language);
    }

    /** The same with words of another language. */
    public IndexForm with(Language other) {
        return new IndexForm(quantisation, other);
    }
}
