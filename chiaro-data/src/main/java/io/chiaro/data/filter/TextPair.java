package io.chiaro.data.filter;

import java.util.List;

/**
 * Two texts that are said to belong together: a question and its answer, a caption and a description.
 *
 * @param anchor the text that is compared
 * @param positive what belongs to it
 */
public record TextPair(PairText anchor, PairText positive) {

    /** A side of the pair. */
    public enum Side {
        /** The anchor. */
        ANCHOR {
            @Override
            public PairText of(TextPair pair) {
                return pair.anchor();
            }
        },
        /** The positive. */
        POSITIVE {
            @Override
            public PairText of(TextPair pair) {
                return pair.positive();
            }
        };

        /** The text on this side. */
        public abstract PairText of(TextPair pair);
    }

    /** A pair of two texts. */
    public static TextPair of(String anchor, String positive) {
        return new TextPair(PairText.of(anchor), PairText.of(positive));
    }

    /** Both texts. */
    public List<PairText> sides() {
        return List.of(anchor, positive);
    }
}
