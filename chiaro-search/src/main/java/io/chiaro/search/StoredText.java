package io.chiaro.search;

import io.chiaro.model.Metadata;

/**
 * A document as an index keeps it.
 *
 * @param id of the document
 * @param title empty if the document had none, or was indexed before titles were kept apart
 * @param text title and text as they were indexed
 * @param metadata as they were indexed
 */
public record StoredText(String id, String title, String text, Metadata metadata) {}
