package io.chiaro.search;

import java.util.List;

/**
 * What the graphs of an index of {@link io.chiaro.search.vector.SearchEngine#JVECTOR} cover. Nothing is missed beside them: the vectors
 * of other documents are compared one by one.
 *
 * @param documents over whose vectors there is a graph
 * @param faults a line for each graph that is not whole or not the index's own, and so not used; empty as long as all is well
 */
public record GraphCoverage(int documents, List<String> faults) {
    public GraphCoverage {
        faults = List.copyOf(faults);
    }
}
