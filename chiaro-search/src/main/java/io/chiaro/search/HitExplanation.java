package io.chiaro.search;

import java.util.List;
import java.util.Optional;
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
 * @param tokens what its sparse vector has in common with the query's; empty if the query's was not given
 * @param fused its score in hybrid search; 0 if no side brings it
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
        Optional<Tokens> tokens,
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

    /**
     * What sparse vectors say.
     *
     * @param shares of the tokens that both vectors weigh, the greatest first, whether or not they stand in one of the texts
     * @param score the product of the vectors: the sum of the shares
     * @param rank among the documents by sparse vectors
     */
    public record Tokens(List<TokenShare> shares, float score, OptionalInt rank) {

        public Tokens {
            shares = List.copyOf(shares);
        }
    }

    /**
     * What a token adds to a product of sparse vectors.
     *
     * @param token its id
     * @param ofQuery its weight in the query's vector
     * @param ofDocument its weight in the document's, as the index keeps it
     */
    public record TokenShare(int token, float ofQuery, float ofDocument) {

        /** The product of both. */
        public float share() {
            return ofQuery * ofDocument;
        }
    }

    public HitExplanation {
        words = List.copyOf(words);
        neighbours = List.copyOf(neighbours);
    }
}
