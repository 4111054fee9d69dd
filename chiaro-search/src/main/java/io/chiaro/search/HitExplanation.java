package io.chiaro.search;

import java.util.List;
import java.util.OptionalInt;

/**
 * Why a document stands where it stands for a query. Ranks begin at 1 and are those among the documents that each side brings to
 * hybrid search, the first hundred; a document beyond has none and gets nothing from that side.
 *
 * @param document what is explained
 * @param words those of the query that it holds, in the order of the query
 * @param wordScore its BM25 score: the sum of the shares
 * @param wordRank among the documents by words
 * @param cosine of its vector with that of the query
 * @param vectorRank among the documents by vectors
 * @param fused its score in hybrid search; 0 if neither side brings it
 * @param fusedRank in hybrid search
 * @param neighbours the documents whose vectors are nearest to its own, itself left out
 */
public record HitExplanation(
        StoredText document,
        List<WordShare> words,
        float wordScore,
        OptionalInt wordRank,
        float cosine,
        OptionalInt vectorRank,
        float fused,
        OptionalInt fusedRank,
        List<TextHit> neighbours) {

    /**
     * What a word adds to a score.
     *
     * @param word as the query writes it
     * @param times how often the query has it
     * @param share of the BM25 score, all times together
     */
    public record WordShare(String word, int times, float share) {}

    public HitExplanation {
        words = List.copyOf(words);
        neighbours = List.copyOf(neighbours);
    }
}
