package io.chiaro.data.filter;

/**
 * A reason to drop pairs. A rule that must know the whole file first, such as how often a text stands in it, is shown every
 * pair before it is asked about one; such a rule belongs to one file.
 *
 * @param <P> what the rule looks at: the texts of a pair, or what was measured of them
 */
public interface PairRule<P> {

    /** What is wrong with the pairs that it drops. */
    Reason reason();

    /** Shows a pair, dropped by other rules or not, before anything is asked. */
    default void see(P pair) {}

    /** Whether a pair is dropped; the same whenever it is asked. */
    boolean drops(P pair);

    /**
     * Why pairs are dropped.
     *
     * @param key for documents and options, for example {@code too-few-words}
     * @param words behind a number of pairs, for example {@code have a text of fewer than 3 words}
     */
    record Reason(String key, String words) {}
}
