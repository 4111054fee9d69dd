package io.chiaro.eval;

/**
 * A document of a collection.
 *
 * @param id unique in its collection
 * @param title empty if there is none
 * @param text the body
 */
public record Document(String id, String title, String text) {

    /** What is embedded or indexed: title, a space and text, without space around. */
    public String content() {
        return (title + " " + text).strip();
    }
}
