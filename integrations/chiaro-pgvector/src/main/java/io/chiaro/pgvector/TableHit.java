package io.chiaro.pgvector;

import io.chiaro.model.Metadata;

/**
 * A found row.
 *
 * @param id of the document
 * @param score the cosine with the query; higher is better
 * @param title of the document, empty if it has none
 * @param text of the document
 * @param metadata of the document
 */
public record TableHit(String id, float score, String title, String text, Metadata metadata) {}
