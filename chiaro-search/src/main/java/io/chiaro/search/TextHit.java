package io.chiaro.search;

import io.chiaro.model.Metadata;

/**
 * A found text.
 *
 * @param id of the document
 * @param score the cosine with the query, or the BM25 score; higher is better
 * @param text title and text as they were indexed
 * @param metadata of the document
 */
public record TextHit(String id, float score, String text, Metadata metadata) {

    /** One without metadata. */
    public TextHit(String id, float score, String text) {
        this(id, score, text, Metadata.NONE);
    }
}
