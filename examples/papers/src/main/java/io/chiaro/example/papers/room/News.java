package io.chiaro.example.papers.room;

import java.util.List;

/**
 * What came new for a query.
 *
 * @param best papers, best first
 * @param found how many there are in all
 */
public record News(List<Paper> best, int found) {

    public News {
        best = List.copyOf(best);
    }

    /** Those that are not among the best. */
    public int others() {
        return found - best.size();
    }
}
