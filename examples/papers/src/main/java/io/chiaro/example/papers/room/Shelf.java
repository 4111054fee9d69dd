package io.chiaro.example.papers.room;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All papers of the room at one time. Immutable.
 *
 * @param papers newest first
 * @param topics largest first
 * @param edition the number of the last update; 0 before the first
 */
public record Shelf(List<Paper> papers, List<Topic> topics, int edition) {

    static final Comparator<Paper> NEWEST_FIRST = Comparator.comparing(
                    (Paper paper) -> paper.listing().date())
            .reversed()
            .thenComparing(paper -> paper.listing().id());

    public Shelf {
        papers = List.copyOf(papers);
        topics = List.copyOf(topics);
    }

    /** The paper with an id. */
    public Optional<Paper> find(String id) {
        return papers.stream().filter(paper -> paper.listing().id().equals(id)).findFirst();
    }
}
