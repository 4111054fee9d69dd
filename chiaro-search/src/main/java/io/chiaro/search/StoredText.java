package io.chiaro.search;

/**
 * A document as an index keeps it.
 *
 * @param id of the document
 * @param text title and text as they were indexed
 */
public record StoredText(String id, String text) {}
