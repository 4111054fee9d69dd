package io.chiaro.search;

/**
 * How many documents have a value.
 *
 * @param value in words, as {@link io.chiaro.model.MetadataValue#words} gives it
 * @param documents at least 1
 */
public record FacetCount(String value, int documents) {}
