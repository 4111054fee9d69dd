package io.chiaro.objective;

/**
 * What a candidate is to an anchor. It follows from item ids, contents and roles, never from positions in a batch.
 */
public enum Relation {
    /** The anchor itself, or another text of its own item in a block that compares like with like: not a candidate. */
    SELF,
    /** Belongs to the anchor. */
    POSITIVE,
    /** Does not belong to the anchor. */
    NEGATIVE,
    /** Could be a false negative, so it is left out of numerator and denominator. */
    IGNORE
}
