package io.chiaro.objective;

/** Which blocks share one denominator. */
public enum Partition {
    /** All blocks of an item stand in one log-sum-exp. */
    JOINT,
    /** Each direction has its own; the value is their mean. */
    PER_DIRECTION
}
