package io.chiaro.search;

/**
 * A found text.
 *
 * @param id of the document
 * @param score the cosine with the query, or the BM25 score; higher is better
 * @param text title and text as they were indexed
 */
public record TextHit(String id, float score, String text) {}
