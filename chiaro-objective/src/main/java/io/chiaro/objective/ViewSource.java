package io.chiaro.objective;

/** Slot 1: where the two sides of a pair come from. */
public enum ViewSource {
    /** Different columns of a record. */
    COLUMNS,
    /** One text, encoded twice under different dropout masks (Gao, Yao and Chen, "SimCSE", EMNLP 2021, section 3). */
    DROPOUT
}
