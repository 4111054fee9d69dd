package io.chiaro.model;

/**
 * The tokens of two texts that an encoder reads as one input, {@code [CLS] first [SEP] second [SEP]}.
 *
 * @param ids special tokens included
 * @param secondFrom tokens from this place on have type 1, those before it type 0
 */
@SuppressWarnings("ArrayRecordComponent") // made for one computation, never compared
public record PairTokens(int[] ids, int secondFrom) {

    public PairTokens {
        if (secondFrom < 1 || secondFrom > ids.length) {
            throw new IllegalArgumentException("PairTokens: expected the second text to begin from 1 to " + ids.length
                    + ", but found " + secondFrom);
        }
    }

    /** How many tokens both texts have together. */
    public int length() {
        return ids.length;
    }
}
