package io.chiaro.pgvector;

/**
 * How pgvector builds its graph (Malkov and Yashunin, 2020).
 *
 * @param neighbours of a vector in a layer, {@code m}, from 2 to 100
 * @param beam candidates that are looked at while the graph is built, {@code ef_construction}, from 4 to 1000 and at least twice
 *     the neighbours
 */
public record HnswSettings(int neighbours, int beam) {

    public HnswSettings {
        if (neighbours < 2 || neighbours > 100 || beam < 4 || beam > 1000 || beam < 2 * neighbours) {
            throw new IllegalArgumentException(
                    "HnswSettings: expected 2 to 100 neighbours and a beam from twice as many"
                            + " to 1000, at least 4, but found " + neighbours + " and " + beam);
        }
    }

    /** Those of {@code chiaro-search}: 16 neighbours, a beam of 100. */
    public static HnswSettings defaults() {
        return new HnswSettings(16, 100);
    }
}
