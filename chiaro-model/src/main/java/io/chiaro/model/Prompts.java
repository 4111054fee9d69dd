package io.chiaro.model;

/**
 * The texts that a model expects before its input.
 *
 * @param text before a text on its own
 * @param query before what is asked
 * @param document before what is searched
 */
public record Prompts(String text, String query, String document) {

    /** No prompt for any role. */
    public static final Prompts NONE = new Prompts("", "", "");

    /** The prompt of a role, empty if there is none. */
    public String of(TextRole role) {
        return switch (role) {
            case TEXT -> text;
            case QUERY -> query;
            case DOCUMENT -> document;
        };
    }
}
