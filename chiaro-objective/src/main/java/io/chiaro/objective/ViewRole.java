package io.chiaro.objective;

/** What the texts of a view are to the record they come from. */
public enum ViewRole {
    /** The query side: what is searched with, or one of two equals. */
    ANCHOR,
    /** What belongs to the anchor of the same item. */
    POSITIVE,
    /** What does not belong to the anchor of the same item, though it may look so: a hard negative. */
    NEGATIVE
}
