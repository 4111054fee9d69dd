package io.chiaro.objective;

/** Slot 6: log w, what makes some candidates count more. Only the even weights exist so far. */
public enum Weights {
    /** Every candidate counts the same. */
    NONE
}
