package io.chiaro.search;

import java.util.List;

/**
 * The values of a name of metadata over what was found.
 *
 * @param values those with the most documents, as many as were asked for
 * @param others how many values more there are
 */
public record Facet(List<FacetCount> values, int others) {

    /** What there is where nothing was counted. */
    static final Facet NONE = new Facet(List.of(), 0);

    public Facet {
        values = List.copyOf(values);
    }
}
