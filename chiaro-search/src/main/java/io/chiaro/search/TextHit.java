package io.chiaro.search;

import io.chiaro.model.Hit;
import io.chiaro.model.Metadata;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A found text.
 *
 * @param id of the document
 * @param score the cosine with the query, or the BM25 score; higher is better
 * @param title empty if the document had none, or was indexed before titles were kept apart
 * @param text title and text as they were indexed
 * @param metadata of the document
 * @param cut whether title or text go on
 */
public record TextHit(String id, float score, String title, String text, Metadata metadata, boolean cut) {

    /** A whole one. */
    public TextHit(String id, float score, String title, String text, Metadata metadata) {
        this(id, score, title, text, metadata, false);
    }

    /** One without a title. */
    public TextHit(String id, float score, String text, Metadata metadata) {
        this(id, score, "", text, metadata);
    }

    /** One without title and metadata. */
    public TextHit(String id, float score, String text) {
        this(id, score, text, Metadata.NONE);
    }

    /** The same with the score of another judge. */
    public TextHit withScore(float other) {
        return new TextHit(id, other, title, text, metadata, cut);
    }

    /** The same with at most so many first characters of title and of text; none of them is half a character. */
    public TextHit shortened(int characters) {
        return title.length() <= characters && text.length() <= characters
                ? this
                : new TextHit(id, score, first(title, characters), first(text, characters), metadata, true);
    }

    private static String first(String text, int characters) {
        return text.substring(0, Passages.whole(text, characters));
    }

    /** The hit without its text. */
    public Hit bare() {
        return new Hit(id, score);
    }

    /** The hit as answers show it: {@code {"id", "score", "title"?, "text", "cut"?, "metadata"?}}. */
    public Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("id", id);
        plain.put("score", score);
        if (!title.isEmpty()) {
            plain.put("title", title);
        }
        plain.put("text", text);
        if (cut) {
            plain.put("cut", true);
        }
        if (!metadata.values().isEmpty()) {
            plain.put("metadata", metadata.plain());
        }
        return plain;
    }
}
