package io.chiaro.search;

import java.time.Instant;

/**
 * A copy of an index on the disk, which is an index itself.
 *
 * @param name of its folder
 * @param documents that it holds
 * @param bytes of its files
 * @param taken when it was whole
 */
public record SavedSnapshot(String name, int documents, long bytes, Instant taken) {}
