package io.chiaro.model;

/** The part a text plays in a search; it chooses the model's prompt. */
public enum TextRole {
    /** A text on its own: the model's default prompt, most often none. */
    TEXT,
    /** What is asked. */
    QUERY,
    /** What is searched. */
    DOCUMENT
}
