package io.chiaro.example.papers.room;

import java.util.List;

/**
 * Papers whose vectors lie together.
 *
 * @param words that tell it from the other topics, most telling first
 * @param papers newest first
 */
public record Topic(List<String> words, List<Paper> papers) {

    public Topic {
        words = List.copyOf(words);
        papers = List.copyOf(papers);
    }
}
