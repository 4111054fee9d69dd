package io.chiaro.search;

import io.chiaro.model.TokenSparseEmbedder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

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

        /**
         * As answers show it: {@code {"score", "rank"?, "matches": [{"token", "query_weight", "document_weight", "share", "in_query",
         * "in_document"}]}}.
         *
         * @param model that made the vectors, for the names of tokens
         * @param text of the document
         */
        public Map<String, Object> plain(TokenSparseEmbedder model, String query, String text) {
            Set<Integer> inQuery = model.standing(query);
            Set<Integer> inDocument = model.standing(text);
            Map<String, Object> plain = side(score, rank);
            plain.put(
                    "matches",
                    shares.stream()
                            .map(share -> {
                                Map<String, Object> match = new LinkedHashMap<>();
                                match.put("token", model.token(share.token()));
                                match.put("query_weight", share.ofQuery());
                                match.put("document_weight", share.ofDocument());
                                match.put("share", share.share());
                                match.put("in_query", inQuery.contains(share.token()));
                                match.put("in_document", inDocument.contains(share.token()));
                                return match;
                            })
                            .toList());
            return plain;
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

    /**
     * As answers show it, but for tokens, whose names a model knows: {@code {"id", "title"?, "text", "metadata"?, "words": {"score",
     * "rank"?, "matches"}, "vectors": {"score", "rank"?}, "hybrid": {"score", "rank"?}, "neighbours"}}.
     */
    public Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("id", document.id());
        if (!document.title().isEmpty()) {
            plain.put("title", document.title());
        }
        plain.put("text", document.text());
        if (!document.metadata().values().isEmpty()) {
            plain.put("metadata", document.metadata().plain());
        }
        Map<String, Object> byWords = side(wordScore, wordRank);
        byWords.put("matches", words);
        plain.put("words", byWords);
        plain.put("vectors", side(cosine, vectorRank));
        plain.put("hybrid", hybrid());
        plain.put("neighbours", neighbours.stream().map(TextHit::plain).toList());
        return plain;
    }

    /** What hybrid search says: {@code {"score", "rank"?}}. */
    public Map<String, Object> hybrid() {
        return side(fused, fusedRank);
    }

    private static Map<String, Object> side(float score, OptionalInt rank) {
        Map<String, Object> side = new LinkedHashMap<>();
        side.put("score", score);
        rank.ifPresent(at -> side.put("rank", at));
        return side;
    }
}
