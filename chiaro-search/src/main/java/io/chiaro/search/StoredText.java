package io.chiaro.search;

import io.chiaro.model.Metadata;

/**
 * A document as an index keeps it.
 *
 * @param id of the document
 * @param text title and text as they were indexed
 * @param metadata as they were indexed
 */
public record StoredText(String id, String text, Metadata metadata) {}
