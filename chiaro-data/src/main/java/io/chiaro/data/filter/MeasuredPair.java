package io.chiaro.data.filter;

/**
 * What a model finds of a pair.
 *
 * @param cosine of its two texts
 * @param rank of the positive, from 1, among itself and the texts of a random pool, by how near they are to the anchor
 */
public record MeasuredPair(double cosine, int rank) {}
